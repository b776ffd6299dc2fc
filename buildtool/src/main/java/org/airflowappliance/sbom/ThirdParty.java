package org.airflowappliance.sbom;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.airflowappliance.licence.SpdxLicence;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.Materials;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Workbench;

/**
 * The list of whose work is in a release: each package with its version, its licence and the place
 * of that licence's text.
 *
 * @param composed all that carries others' work
 */
record ThirdParty(List<Materials.Composed> composed) implements Artifact {
  private static final String HEAD =
      """
      What others made and this release carries: package, version, licence as the package says it, and where the text of
      the licence stands, in each of the files that are named above the list.
      """;

  ThirdParty {
    composed = List.copyOf(composed);
  }

  @Override
  public ReleasePath path() {
    return new ReleasePath("THIRD-PARTY.txt");
  }

  @Override
  public String kind() {
    return "licences";
  }

  @Override
  public List<ReleasePath> inputs() {
    return List.of();
  }

  @Override
  public String recipe() {
    Fingerprint all = new Fingerprint().add("third party 1");
    composed.forEach(each -> each.materials().addTo(all.add(each.path())));
    return all.hex();
  }

  @Override
  public void write(Path target, Workbench workbench) throws IOException {
    Map<Component, List<String>> carriers =
        new TreeMap<>(
            Comparator.comparing(Component::purl).thenComparing(each -> each.texts().toString()));
    for (Materials.Composed each : composed) {
      for (Component component : Components.of(each.materials(), workbench)) {
        carriers.computeIfAbsent(component, unused -> new ArrayList<>()).add(each.path().value());
      }
    }
    Map<List<String>, List<Component>> groups = new LinkedHashMap<>();
    carriers.forEach(
        (component, files) ->
            groups.computeIfAbsent(files, unused -> new ArrayList<>()).add(component));
    StringBuilder text = new StringBuilder(HEAD);
    groups.forEach((files, components) -> text.append('\n').append(group(files, components)));
    Files.writeString(target, text);
  }

  private static String group(List<String> files, List<Component> components) {
    StringBuilder text = new StringBuilder();
    files.forEach(file -> text.append(file).append(":\n"));
    for (Component each : components) {
      text.append("  ").append(each.name()).append(' ').append(each.version()).append(" - ");
      text.append(
          each.licences().isEmpty()
              ? "unknown"
              : String.join(
                  ", ",
                  each.licences().stream()
                      .map(written -> SpdxLicence.id(written).orElse(written))
                      .distinct()
                      .toList()));
      text.append('\n');
      each.texts().forEach(file -> text.append("    ").append(file).append('\n'));
    }
    return text.toString();
  }
}
