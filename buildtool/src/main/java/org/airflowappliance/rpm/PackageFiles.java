package org.airflowappliance.rpm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.airflowappliance.file.Content;
import org.airflowappliance.file.FileEntry;
import org.airflowappliance.file.FileTree;
import org.airflowappliance.plan.DefinitionYaml;
import org.airflowappliance.plan.FileDefinition;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.rpm.RpmSpec.FileFlag;
import org.airflowappliance.template.IllegalDefinition;

/** The files that a package.yaml lists. */
final class PackageFiles {
  private static final String[] KEYS = {
    "path", "source", "rendered", "artifact", "artifacts", "kind", "target", "mode", "owner", "flag"
  };

  /** What is made from cluster.yaml is nobody's but the services'. */
  private static final int RENDERED_MODE = 0640;

  private final Map<String, String> rendered;
  private final List<ReleasePath> earlier;
  private final UnaryOperator<String> sources;
  private final List<FileEntry> entries = new ArrayList<>();
  private final List<PackagePlan.Carried> carried = new ArrayList<>();
  private final Map<String, FileFlag> flags = new TreeMap<>();

  /**
   * Reads the list {@code files}.
   *
   * @param rendered texts that are made from cluster.yaml, by name
   * @param earlier artifacts of the release that files can be
   * @param sources gives the text of a file of the package's folder
   */
  PackageFiles(
      DefinitionYaml yaml,
      Map<String, String> rendered,
      List<ReleasePath> earlier,
      UnaryOperator<String> sources) {
    this.rendered = rendered;
    this.earlier = earlier;
    this.sources = sources;
    yaml.children("files").forEach(file -> add(file.only(KEYS)));
  }

  /** What is known when planning. */
  FileTree tree() {
    return FileTree.of(entries);
  }

  /** Files whose content is an artifact of the release. */
  List<PackagePlan.Carried> carried() {
    return List.copyOf(carried);
  }

  /** Flags by path. */
  Map<String, FileFlag> flags() {
    return flags;
  }

  private void add(DefinitionYaml file) {
    String path = file.text("path");
    if (file.has("artifact")) {
      ReleasePath artifact = new ReleasePath(file.text("artifact"));
      FileEntry place = new FileDefinition(file).regular("");
      carried.add(new PackagePlan.Carried(artifact, path, place.owner(), place.mode()));
    } else {
      if (file.has("artifacts")) {
        addAll(file, path);
        return;
      }
      if (file.has("rendered") && file.text("kind", "").equals("directory")) {
        entries.addAll(renderedFolder(file, path));
      }
      entries.add(entry(file));
    }
    if (file.has("flag")) {
      flags.put(path, file.word(FileFlag.values(), path + ": flag", file.text("flag")));
    } else if (file.text("kind", "").equals("ghost")) {
      flags.put(path, FileFlag.GHOST);
    }
  }

  /**
   * All artifacts of one folder, such as the tenants' pod templates, of which there may be none.
   */
  private void addAll(DefinitionYaml file, String path) {
    String folder = file.text("artifacts") + "/";
    entries.add(entry(file));
    for (ReleasePath artifact : earlier) {
      if (artifact.value().startsWith(folder)) {
        String place = path + "/" + artifact.value().substring(folder.length());
        carried.add(
            new PackagePlan.Carried(
                artifact, place, new FileDefinition(file).owner(), RENDERED_MODE));
        flags.put(place, FileFlag.CONFIG);
      }
    }
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
      return sources.apply(file.text("source"));
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
}
