package org.airflowappliance.rpm;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.airflowappliance.file.ParallelGzip;
import org.airflowappliance.rpm.RpmSpec.Script;

/** The main header's entries about the package as a whole. */
final class PackageEntries {
  /** Tags of a scriptlet's text and of the program that runs it. */
  private record ScriptTags(int text, int shell) {}

  private static final Map<Script, ScriptTags> SCRIPTS =
      Map.of(
          Script.PRE, new ScriptTags(RpmTag.PRE, RpmTag.PRE_SHELL),
          Script.POST, new ScriptTags(RpmTag.POST, RpmTag.POST_SHELL),
          Script.PREUN, new ScriptTags(RpmTag.PREUN, RpmTag.PREUN_SHELL),
          Script.POSTUN, new ScriptTags(RpmTag.POSTUN, RpmTag.POSTUN_SHELL),
          Script.POSTTRANS, new ScriptTags(RpmTag.POSTTRANS, RpmTag.POSTTRANS_SHELL));
  private static final int SHA256 = 8;

  private PackageEntries() {}

  static List<Entry> of(RpmSpec spec, Instant epoch, long size, Payload payload) {
    List<Entry> entries = new ArrayList<>(description(spec));
    entries.add(Entry.int32(RpmTag.BUILD_TIME, epoch.getEpochSecond()));
    entries.add(Entry.text(RpmTag.BUILD_HOST, "reproducible"));
    entries.add(Entry.int32(RpmTag.SIZE, size));
    entries.addAll(changelog(spec, epoch));
    spec.scripts()
        .forEach(
            (script, text) -> {
              entries.add(Entry.text(SCRIPTS.get(script).text(), text));
              entries.add(Entry.text(SCRIPTS.get(script).shell(), RpmSpec.SHELL));
            });
    entries.add(Entry.text(RpmTag.PAYLOAD_FORMAT, "cpio"));
    entries.add(Entry.text(RpmTag.PAYLOAD_COMPRESSOR, "gzip"));
    entries.add(Entry.text(RpmTag.PAYLOAD_FLAGS, Integer.toString(ParallelGzip.LEVEL)));
    entries.add(Entry.texts(RpmTag.PAYLOAD_DIGEST, List.of(payload.digest())));
    entries.add(Entry.int32(RpmTag.PAYLOAD_DIGEST_ALGORITHM, SHA256));
    return entries;
  }

  private static List<Entry> description(RpmSpec spec) {
    return List.of(
        Entry.texts(RpmTag.I18N_TABLE, List.of("C")),
        Entry.text(RpmTag.NAME, spec.name()),
        Entry.text(RpmTag.VERSION, spec.version()),
        Entry.text(RpmTag.RELEASE, spec.release()),
        Entry.translated(RpmTag.SUMMARY, spec.summary()),
        Entry.translated(RpmTag.DESCRIPTION, spec.description().strip()),
        Entry.text(RpmTag.VENDOR, spec.vendor()),
        Entry.text(RpmTag.PACKAGER, spec.vendor()),
        Entry.text(RpmTag.LICENSE, spec.license()),
        Entry.translated(RpmTag.GROUP, spec.group()),
        Entry.text(RpmTag.URL, spec.url()),
        Entry.text(RpmTag.OS, "linux"),
        Entry.text(RpmTag.ARCH, spec.arch()),
        Entry.text(RpmTag.PLATFORM, spec.arch() + "-redhat-linux-gnu"),
        // A package that names no source package is taken for a source package itself.
        Entry.text(
            RpmTag.SOURCE_RPM,
            spec.name() + "-" + spec.version() + "-" + spec.release() + ".src.rpm"),
        // The rpm whose form of package this is; EL8's.
        Entry.text(RpmTag.RPM_VERSION, "4.14.3"),
        Entry.text(RpmTag.ENCODING, "utf-8"));
  }

  private static List<Entry> changelog(RpmSpec spec, Instant epoch) {
    // rpm keeps a day as its noon in UTC, so that no time zone shows another date.
    long noon = epoch.truncatedTo(ChronoUnit.DAYS).plus(12, ChronoUnit.HOURS).getEpochSecond();
    String author = spec.vendor() + " - " + spec.version() + "-" + spec.release();
    return List.of(
        Entry.int32(RpmTag.CHANGELOG_TIMES, noon),
        Entry.texts(RpmTag.CHANGELOG_NAMES, List.of(author)),
        Entry.texts(RpmTag.CHANGELOG_TEXTS, List.of(spec.changelog().strip())));
  }
}
