package org.airflowappliance.python;

import java.util.Map;
import java.util.TreeMap;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.DefinitionYaml;
import org.airflowappliance.plan.Definitions;
import org.airflowappliance.plan.Derived;
import org.airflowappliance.template.IllegalDefinition;

/** The trees of Python that packages and images share, by the names that definitions use. */
public final class PythonTree {
  private static final String SOURCES = "rpm/airflow/python";

  private PythonTree() {}

  /** The tree that the keys {@code tree} and {@code prefix} of a definition name. */
  public static Derived named(DefinitionYaml yaml, Blueprint blueprint) {
    return switch (yaml.text("tree")) {
      case "site-packages" -> new SitePackages(blueprint.line());
      case "licence-texts" -> new LicenceTexts(blueprint.line());
      case "appliance-python" ->
          new CompiledPython(
              blueprint.line(), sources(blueprint.definitions()), yaml.text("prefix"));
      default ->
          throw new IllegalDefinition(
              yaml.place()
                  + ": tree '"
                  + yaml.text("tree")
                  + "' is not one of site-packages, licence-texts, appliance-python");
    };
  }

  private static Map<String, String> sources(Definitions definitions) {
    Map<String, String> sources = new TreeMap<>();
    for (String file : definitions.files(SOURCES)) {
      if (file.endsWith(".py")) {
        sources.put(file.substring(SOURCES.length() + 1), definitions.text(file));
      }
    }
    return sources;
  }
}
