package org.airflowappliance.kickstart;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.airflowappliance.lock.Pin;
import org.airflowappliance.plan.DefinitionYaml;
import org.airflowappliance.plan.Definitions;
import org.airflowappliance.plan.PinRows;

/**
 * What {@code kickstart/pxe/boot.yaml} says.
 *
 * @param suite Debian release that has the packages
 * @param packages Debian packages that hold the boot loaders
 * @param without Debian packages that the loaders' files do without
 * @param files name in the tree to file in the packages
 * @param licences texts that the packages' licences name: name to file in the packages
 * @param publicTree where Rocky's installer is when cluster.yaml names no mirror
 */
public record BootLoaders(
    String suite,
    List<String> packages,
    Set<String> without,
    Map<String, String> files,
    Map<String, String> licences,
    URI publicTree) {
  /** The lock of the packages, below the definitions. */
  public static final String LOCK = "kickstart/pxe/boot.lock";

  private static final String PLACE = "kickstart/pxe/boot.yaml";

  public BootLoaders {
    packages = List.copyOf(packages);
    without = Set.copyOf(without);
    files = Map.copyOf(files);
    licences = Map.copyOf(licences);
  }

  /** The boot loaders of the definitions. */
  public static BootLoaders read(Definitions definitions) {
    DefinitionYaml yaml =
        DefinitionYaml.read(definitions, PLACE, Map.of())
            .only("suite", "packages", "without", "files", "licences", "publicTree");
    return new BootLoaders(
        yaml.text("suite"),
        yaml.texts("packages"),
        Set.copyOf(yaml.texts("without")),
        yaml.map("files"),
        yaml.map("licences"),
        URI.create(yaml.text("publicTree")));
  }

  /** The locked packages. */
  static List<Pin> pins(Definitions definitions) {
    return PinRows.read(definitions, LOCK);
  }
}
