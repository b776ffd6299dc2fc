package org.airflowappliance.rpm;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.DefinitionYaml;
import org.airflowappliance.plan.Definitions;
import org.airflowappliance.plan.DerivedTree;
import org.airflowappliance.plan.Holes;
import org.airflowappliance.plan.Instance;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Section;
import org.airflowappliance.python.PythonTree;
import org.airflowappliance.rpm.RpmSpec.Dependency;
import org.airflowappliance.rpm.RpmSpec.Script;
import org.airflowappliance.template.IllegalDefinition;
import org.airflowappliance.template.Template;

/** Plans one RPM for each folder below {@code rpm/} that holds a package.yaml. */
public final class Rpms implements Section {
  private static final String[] PACKAGE_KEYS = {
    "name",
    "version",
    "release",
    "arch",
    "summary",
    "description",
    "license",
    "requires",
    "provides",
    "conflicts",
    "scripts",
    "files",
    "derived"
  };

  @Override
  public String name() {
    return "rpm";
  }

  @Override
  public List<Artifact> plan(Blueprint blueprint, List<Artifact> earlier) {
    List<Artifact> packages = new ArrayList<>();
    for (String file : blueprint.definitions().files("rpm")) {
      if (file.matches("rpm/[^/]+/package\\.yaml")) {
        packages.add(new Reading(blueprint, earlier, file).read());
      }
    }
    return packages;
  }

  /** One package.yaml on its way to a plan. */
  private static final class Reading {
    private final Blueprint blueprint;
    private final List<ReleasePath> earlier;
    private final Definitions definitions;
    private final String folder;
    private final Map<String, String> holes;
    private final Map<String, String> rendered;
    private final DefinitionYaml yaml;

    Reading(Blueprint blueprint, List<Artifact> earlier, String file) {
      this.blueprint = blueprint;
      this.earlier = earlier.stream().map(Artifact::path).toList();
      this.definitions = blueprint.definitions();
      this.folder = file.substring(0, file.lastIndexOf('/') + 1);
      this.holes = Holes.of(blueprint);
      this.rendered = RenderedFiles.of(blueprint, Instance.MAIN);
      this.yaml = DefinitionYaml.read(definitions, file, holes).only(PACKAGE_KEYS);
    }

    PackagePlan read() {
      PackageFiles files =
          IllegalDefinition.unlessRefused(
              yaml.place(), () -> new PackageFiles(yaml, rendered, earlier, this::filled));
      Map<Script, String> scripts = scripts();
      RpmSpec spec = IllegalDefinition.unlessRefused(yaml.place(), () -> spec(files, scripts));
      return new PackagePlan(
          spec, files.carried(), yaml.children("derived").stream().map(this::tree).toList());
    }

    private RpmSpec spec(PackageFiles files, Map<Script, String> scripts) {
      return new RpmSpec(
          yaml.text("name"),
          yaml.text("version"),
          yaml.text("release"),
          yaml.text("arch"),
          yaml.text("summary"),
          Paragraphs.wrapped(yaml.text("description")),
          yaml.text("license"),
          "https://airflow.apache.org/",
          "Airflow appliance",
          "Applications/System",
          "- Built from the "
              + blueprint.line().version()
              + " line, lock serial "
              + blueprint.line().serial(),
          dependencies("provides"),
          dependencies("requires"),
          dependencies("conflicts"),
          scripts,
          files.tree(),
          files.flags());
    }

    private List<Dependency> dependencies(String key) {
      return yaml.texts(key).stream().map(Dependency::parse).toList();
    }

    private Map<Script, String> scripts() {
      Map<Script, String> scripts = new EnumMap<>(Script.class);
      yaml.map("scripts")
          .forEach(
              (kind, source) ->
                  scripts.put(yaml.word(Script.values(), "scripts", kind), filled(source)));
      return scripts;
    }

    private String filled(String source) {
      return new Template(folder + source, definitions.text(folder + source)).fill(holes);
    }

    private DerivedTree tree(DefinitionYaml yaml) {
      yaml.only("tree", "prefix");
      return new DerivedTree(PythonTree.named(yaml, blueprint), yaml.text("prefix"));
    }
  }
}
