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
import org.airflowappliance.rpm.RpmHeader;
import org.airflowappliance.rpm.RpmTag;
import org.airflowappliance.rpm.TagTable;

/** What changed from one package to another: metadata, relations, scriptlets and files. */
final class RpmDiff {
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
    lines.addAll(
        new FileListDiff(byPath(before), byPath(after))
            .lines(
                paths -> RpmContents.read(oldRpm, paths),
                paths -> RpmContents.read(newRpm, paths)));
  }

  private static Map<String, ListedFile> byPath(RpmHeader header) {
    Map<String, ListedFile> files = new TreeMap<>();
    header
        .files()
        .forEach(
            file ->
                files.put(
                    file.path(),
                    new ListedFile(
                        file.mode(),
                        file.flags(),
                        file.size(),
                        file.user() + ":" + file.group(),
                        file.digest(),
                        file.link())));
    return files;
  }
}
