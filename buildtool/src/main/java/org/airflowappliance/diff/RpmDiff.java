package org.airflowappliance.diff;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.airflowappliance.rpm.RpmContents;
import org.airflowappliance.rpm.RpmFile;
import org.airflowappliance.rpm.RpmHeader;
import org.airflowappliance.rpm.RpmTag;
import org.airflowappliance.rpm.TagTable;

/** What changed from one package to another: metadata, relations, scriptlets and files. */
final class RpmDiff {
  // A package with more changed files than this has new libraries: a list says more than diffs.
  private static final int DIFFED_FILES = 50;
  private static final Map<String, Integer> TEXTS = new LinkedHashMap<>();
  private static final Map<String, Integer> SCRIPTS = new LinkedHashMap<>();

  static {
    TEXTS.put("version", RpmTag.VERSION);
    TEXTS.put("release", RpmTag.RELEASE);
    TEXTS.put("summary", RpmTag.SUMMARY);
    TEXTS.put("license", RpmTag.LICENSE);
    TEXTS.put("url", RpmTag.URL);
    TEXTS.put("vendor", RpmTag.VENDOR);
    TEXTS.put("group", RpmTag.GROUP);
    SCRIPTS.put("description", RpmTag.DESCRIPTION);
    SCRIPTS.put("changelog", RpmTag.CHANGELOG_TEXTS);
    SCRIPTS.put("pre", RpmTag.PRE);
    SCRIPTS.put("post", RpmTag.POST);
    SCRIPTS.put("preun", RpmTag.PREUN);
    SCRIPTS.put("postun", RpmTag.POSTUN);
    SCRIPTS.put("posttrans", RpmTag.POSTTRANS);
  }

  private final Path oldRpm;
  private final Path newRpm;
  private final RpmHeader before;
  private final RpmHeader after;
  private final List<String> lines = new ArrayList<>();

  private RpmDiff(Path oldRpm, Path newRpm) throws IOException {
    this.oldRpm = oldRpm;
    this.newRpm = newRpm;
    this.before = RpmHeader.read(oldRpm);
    this.after = RpmHeader.read(newRpm);
  }

  /** The changes, a line each; none when only signature or times differ. */
  static List<String> of(Path oldRpm, Path newRpm) throws IOException {
    RpmDiff diff = new RpmDiff(oldRpm, newRpm);
    diff.metadata(diff.before.tags(), diff.after.tags());
    diff.files();
    return diff.lines;
  }

  private void metadata(TagTable old, TagTable fresh) {
    TEXTS.forEach(
        (name, tag) -> {
          if (!old.text(tag).equals(fresh.text(tag))) {
            lines.add(name + ": " + old.text(tag) + " -> " + fresh.text(tag));
          }
        });
    relations("requires", Relation.requires(old), Relation.requires(fresh));
    relations("provides", Relation.provides(old), Relation.provides(fresh));
    relations("conflicts", Relation.conflicts(old), Relation.conflicts(fresh));
    SCRIPTS.forEach(
        (name, tag) -> {
          List<String> changed = TextDiff.of(old.text(tag), fresh.text(tag));
          if (!changed.isEmpty()) {
            lines.add(name + ":");
            changed.forEach(line -> lines.add("  " + line));
          }
        });
  }

  private void relations(String name, TreeSet<String> old, TreeSet<String> fresh) {
    old.stream()
        .filter(each -> !fresh.contains(each))
        .forEach(each -> lines.add(name + ": - " + each));
    fresh.stream()
        .filter(each -> !old.contains(each))
        .forEach(each -> lines.add(name + ": + " + each));
  }

  private void files() throws IOException {
    TreeMap<String, RpmFile> old = byPath(before);
    TreeMap<String, RpmFile> fresh = byPath(after);
    TreeSet<String> paths = new TreeSet<>(old.keySet());
    paths.addAll(fresh.keySet());
    TreeSet<String> rewritten = new TreeSet<>();
    for (String path : paths) {
      if (!old.containsKey(path)) {
        lines.add("+ " + path + "  " + described(fresh.get(path)));
      } else if (!fresh.containsKey(path)) {
        lines.add("- " + path + "  " + described(old.get(path)));
      } else if (!old.get(path).equals(fresh.get(path))) {
        lines.add("~ " + path + "  " + changed(old.get(path), fresh.get(path)));
        if (!old.get(path).digest().equals(fresh.get(path).digest())) {
          rewritten.add(path);
        }
      }
    }
    if (!rewritten.isEmpty() && rewritten.size() <= DIFFED_FILES) {
      contents(rewritten);
    }
  }

  private void contents(TreeSet<String> paths) throws IOException {
    Map<String, byte[]> old = RpmContents.read(oldRpm, paths);
    Map<String, byte[]> fresh = RpmContents.read(newRpm, paths);
    for (String path : paths) {
      if (old.containsKey(path) && fresh.containsKey(path)) {
        TextDiff.of(old.get(path), fresh.get(path))
            .ifPresent(
                diff -> {
                  lines.add(path + ":");
                  diff.forEach(line -> lines.add("  " + line));
                });
      }
    }
  }

  private static TreeMap<String, RpmFile> byPath(RpmHeader header) {
    TreeMap<String, RpmFile> files = new TreeMap<>();
    header.files().forEach(file -> files.put(file.path(), file));
    return files;
  }

  private static String described(RpmFile file) {
    String what = file.symlink() ? " -> " + file.link() : file.directory() ? " directory" : "";
    return "%04o %s:%s %d".formatted(file.mode() & 07777, file.user(), file.group(), file.size())
        + what;
  }

  private static String changed(RpmFile old, RpmFile fresh) {
    List<String> parts = new ArrayList<>();
    if (old.mode() != fresh.mode()) {
      parts.add("mode %06o -> %06o".formatted(old.mode(), fresh.mode()));
    }
    String owner = old.user() + ":" + old.group();
    String newOwner = fresh.user() + ":" + fresh.group();
    if (!owner.equals(newOwner)) {
      parts.add("owner " + owner + " -> " + newOwner);
    }
    if (old.flags() != fresh.flags()) {
      parts.add("flags " + old.flags() + " -> " + fresh.flags());
    }
    if (!old.link().equals(fresh.link())) {
      parts.add("link " + old.link() + " -> " + fresh.link());
    } else if (!old.digest().equals(fresh.digest())) {
      parts.add("size " + old.size() + " -> " + fresh.size());
      parts.add("sha256 " + start(old.digest()) + " -> " + start(fresh.digest()));
    }
    return String.join(", ", parts);
  }

  static String start(String digest) {
    return digest.substring(0, Math.min(12, digest.length()));
  }
}
