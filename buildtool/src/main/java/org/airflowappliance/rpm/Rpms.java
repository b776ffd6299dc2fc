package org.airflowappliance.rpm;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.airflowappliance.file.Content;
import org.airflowappliance.file.FileEntry;
import org.airflowappliance.file.FileTree;
import org.airflowappliance.file.Owner;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.Definitions;
import org.airflowappliance.plan.Derived;
import org.airflowappliance.plan.Holes;
import org.airflowappliance.plan.Instance;
import org.airflowappliance.plan.Section;
import org.airflowappliance.python.CompiledPython;
import org.airflowappliance.python.SitePackages;
import org.airflowappliance.rpm.RpmSpec.Dependency;
import org.airflowappliance.rpm.RpmSpec.FileFlag;
import org.airflowappliance.rpm.RpmSpec.Script;
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
    private final PackageYaml yaml;

    Reading(Blueprint blueprint, String file) {
      this.blueprint = blueprint;
      this.definitions = blueprint.definitions();
      this.folder = file.substring(0, file.lastIndexOf('/') + 1);
      this.holes = Holes.of(blueprint);
      this.rendered = RenderedFiles.of(blueprint, Instance.MAIN);
      this.yaml = PackageYaml.read(definitions, file, holes).only(PACKAGE_KEYS);
    }

    PackagePlan read() {
      Map<String, FileFlag> flags = new TreeMap<>();
      FileTree files = FileTree.of(files(flags));
      RpmSpec spec =
          new RpmSpec(
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
              scripts(),
              files,
              flags);
      return new PackagePlan(spec, yaml.children("derived").stream().map(this::tree).toList());
    }

    private List<Dependency> dependencies(String key) {
      return yaml.texts(key).stream().map(Dependency::parse).toList();
    }

    private Map<Script, String> scripts() {
      Map<Script, String> scripts = new EnumMap<>(Script.class);
      yaml.map("scripts")
          .forEach(
              (kind, source) ->
                  scripts.put(Script.valueOf(kind.toUpperCase(Locale.ROOT)), filled(source)));
      return scripts;
    }

    private List<FileEntry> files(Map<String, FileFlag> flags) {
      List<FileEntry> entries = new ArrayList<>();
      for (PackageYaml file : yaml.children("files")) {
        file.only(FILE_KEYS);
        String path = file.text("path");
        if (file.has("rendered") && file.text("kind", "").equals("directory")) {
          entries.addAll(renderedFolder(file, path));
        }
        entries.add(entry(file, path));
        if (file.has("flag")) {
          flags.put(
              path, FileFlag.valueOf(file.text("flag").toUpperCase(Locale.ROOT).replace('-', '_')));
        } else if (file.text("kind", "").equals("ghost")) {
          flags.put(path, FileFlag.GHOST);
        }
      }
      return entries;
    }

    /** All rendered files of one folder, such as the CA files, of which a cluster may have none. */
    private List<FileEntry> renderedFolder(PackageYaml file, String path) {
      String prefix = file.text("rendered") + "/";
      return rendered.entrySet().stream()
          .filter(entry -> entry.getKey().startsWith(prefix))
          .map(
              entry ->
                  (FileEntry)
                      new FileEntry.Regular(
                          path + "/" + entry.getKey().substring(prefix.length()),
                          owner(file),
                          RENDERED_MODE,
                          Content.of(entry.getValue())))
          .toList();
    }

    private FileEntry entry(PackageYaml file, String path) {
      return switch (file.text("kind", "file")) {
        case "directory" -> new FileEntry.Directory(path, owner(file), mode(file, "0755"));
        case "symlink" -> new FileEntry.Symlink(path, owner(file), file.text("target"));
        case "ghost" ->
            new FileEntry.Regular(path, owner(file), mode(file, "0644"), Content.of(""));
        case "file" ->
            new FileEntry.Regular(path, owner(file), mode(file, "0644"), Content.of(content(file)));
        default ->
            throw new IllegalArgumentException(
                file.place()
                    + ": "
                    + path
                    + ": kind '"
                    + file.text("kind")
                    + "' is not one of file, directory, symlink, ghost");
      };
    }

    private String content(PackageYaml file) {
      if (!file.has("rendered")) {
        return filled(file.text("source"));
      }
      String text = rendered.get(file.text("rendered"));
      if (text == null) {
        throw new IllegalArgumentException(
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

    private static int mode(PackageYaml file, String otherwise) {
      return Integer.parseInt(file.text("mode", otherwise), 8);
    }

    private static Owner owner(PackageYaml file) {
      String[] names = file.text("owner", "root:root").split(":");
      return new Owner(names[0], id(names[0]), names[1], id(names[1]));
    }

    /** Numbers matter in images only; an RPM carries names. */
    private static int id(String name) {
      return switch (name) {
        case "airflow" -> 50000;
        case "users" -> 100;
        default -> 0;
      };
    }

    private PackagePlan.Tree tree(PackageYaml yaml) {
      return new PackagePlan.Tree(derived(yaml.only("tree", "prefix")), yaml.text("prefix"));
    }

    private Derived derived(PackageYaml yaml) {
      return switch (yaml.text("tree")) {
        case "site-packages" -> new SitePackages(blueprint.line());
        case "appliance-python" ->
            new CompiledPython(blueprint.line(), pythonSources(), yaml.text("prefix"));
        default ->
            throw new IllegalArgumentException(
                yaml.place()
                    + ": tree '"
                    + yaml.text("tree")
                    + "' is not one of site-packages, appliance-python");
      };
    }

    private Map<String, String> pythonSources() {
      String root = folder + "python/";
      Map<String, String> sources = new TreeMap<>();
      for (String file : definitions.files(folder + "python")) {
        if (file.endsWith(".py")) {
          sources.put(file.substring(root.length()), definitions.text(file));
        }
      }
      return sources;
    }
  }
}
