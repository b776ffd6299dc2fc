package org.airflowappliance.rpm;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.airflowappliance.file.Content;
import org.airflowappliance.file.FileEntry;
import org.airflowappliance.file.FileTree;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.DefinitionYaml;
import org.airflowappliance.plan.Definitions;
import org.airflowappliance.plan.FileDefinition;
import org.airflowappliance.plan.Holes;
import org.airflowappliance.plan.Instance;
import org.airflowappliance.plan.Section;
import org.airflowappliance.python.PythonTree;
import org.airflowappliance.rpm.RpmSpec.Dependency;
import org.airflowappliance.rpm.RpmSpec.FileFlag;
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

  /** What is made from cluster.yaml is nobody's but the services'. */
  private static final int RENDERED_MODE = 0640;

  private static final String[] FILE_KEYS = {
    "path", "source", "rendered", "kind", "target", "mode", "owner", "flag"
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
        packages.add(new Reading(blueprint, file).read());
      }
    }
    return packages;
  }

  /** One package.yaml on its way to a plan. */
  private static final class Reading {
    private final Blueprint blueprint;
    private final Definitions definitions;
    private final String folder;
    private final Map<String, String> holes;
    private final Map<String, String> rendered;
    private final DefinitionYaml yaml;

    Reading(Blueprint blueprint, String file) {
      this.blueprint = blueprint;
      this.definitions = blueprint.definitions();
      this.folder = file.substring(0, file.lastIndexOf('/') + 1);
      this.holes = Holes.of(blueprint);
      this.rendered = RenderedFiles.of(blueprint, Instance.MAIN);
      this.yaml = DefinitionYaml.read(definitions, file, holes).only(PACKAGE_KEYS);
    }

    PackagePlan read() {
      Map<String, FileFlag> flags = new TreeMap<>();
      List<FileEntry> files = files(flags);
      Map<Script, String> scripts = scripts();
      RpmSpec spec =
          IllegalDefinition.unlessRefused(yaml.place(), () -> spec(files, scripts, flags));
      return new PackagePlan(spec, yaml.children("derived").stream().map(this::tree).toList());
    }

    private RpmSpec spec(
        List<FileEntry> files, Map<Script, String> scripts, Map<String, FileFlag> flags) {
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
          FileTree.of(files),
          flags);
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

    private List<FileEntry> files(Map<String, FileFlag> flags) {
      List<FileEntry> entries = new ArrayList<>();
      for (DefinitionYaml file : yaml.children("files")) {
        file.only(FILE_KEYS);
        String path = file.text("path");
        if (file.has("rendered") && file.text("kind", "").equals("directory")) {
          entries.addAll(renderedFolder(file, path));
        }
        entries.add(IllegalDefinition.unlessRefused(yaml.place(), () -> entry(file)));
        if (file.has("flag")) {
          flags.put(path, yaml.word(FileFlag.values(), path + ": flag", file.text("flag")));
        } else if (file.text("kind", "").equals("ghost")) {
          flags.put(path, FileFlag.GHOST);
        }
      }
      return entries;
    }

    /** All rendered files of one folder, such as the CA files, of which a cluster may have none. */
    private List<FileEntry> renderedFolder(DefinitionYaml file, String path) {
      String prefix = file.text("rendered") + "/";
      return rendered.entrySet().stream()
          .filter(entry -> entry.getKey().startsWith(prefix))
          .map(
              entry ->
                  (FileEntry)
                      new FileEntry.Regular(
                          path + "/" + entry.getKey().substring(prefix.length()),
                          new FileDefinition(file).owner(),
                          RENDERED_MODE,
                          Content.of(entry.getValue())))
          .toList();
    }

    private FileEntry entry(DefinitionYaml file) {
      FileDefinition definition = new FileDefinition(file);
      return file.text("kind", "").equals("ghost")
          ? definition.regular("")
          : definition.entry("ghost", () -> content(file));
    }

    private String content(DefinitionYaml file) {
      if (!file.has("rendered")) {
        return filled(file.text("source"));
      }
      String text = rendered.get(file.text("rendered"));
      if (text == null) {
        throw new IllegalDefinition(
            file.place()
                + ": nothing renders '"
                + file.text("rendered")
                + "'; known are "
                + rendered.keySet());
      }
      return text;
    }

    private String filled(String source) {
      return new Template(folder + source, definitions.text(folder + source)).fill(holes);
    }

    private PackagePlan.Tree tree(DefinitionYaml yaml) {
      yaml.only("tree", "prefix");
      return new PackagePlan.Tree(PythonTree.named(yaml, blueprint), yaml.text("prefix"));
    }
  }
}
