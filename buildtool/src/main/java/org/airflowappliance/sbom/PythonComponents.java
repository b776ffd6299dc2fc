package org.airflowappliance.sbom;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.airflowappliance.plan.DerivedTree;
import org.airflowappliance.plan.Workbench;
import org.airflowappliance.python.Distribution;
import org.airflowappliance.python.LicenceTexts;
import org.airflowappliance.python.SitePackages;
import org.airflowappliance.python.WheelDigests;

/** The line's Python packages with what they say of themselves. */
final class PythonComponents {
  private PythonComponents() {}

  /** Those in the trees of an artifact; none in one without {@link SitePackages}. */
  static List<Component> of(List<DerivedTree> trees, Workbench workbench) throws IOException {
    Optional<String> own =
        trees.stream()
            .filter(tree -> tree.derived() instanceof LicenceTexts)
            .map(DerivedTree::prefix)
            .findFirst();
    List<Component> found = new ArrayList<>();
    for (DerivedTree tree : trees) {
      if (tree.derived() instanceof SitePackages packages) {
        Map<String, String> digests = new WheelDigests(packages.line()).read(workbench);
        for (Distribution each : Distribution.in(workbench.derived(packages))) {
          List<String> texts =
              new ArrayList<>(
                  each.licenceFiles().stream().map(file -> tree.prefix() + "/" + file).toList());
          if (texts.isEmpty()) {
            own.ifPresent(prefix -> texts.add(prefix + "/" + LicenceTexts.file(each)));
          }
          found.add(
              new Component(
                  Purl.of("pypi", "", lower(each.name()), each.version(), Map.of()),
                  each.name(),
                  each.version(),
                  digests.get(each.normalName()),
                  each.licences(),
                  texts));
        }
      }
    }
    return found;
  }

  /** The library would write small letters itself, but those of the language that Java runs in. */
  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
