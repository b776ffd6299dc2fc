package org.airflowappliance.repository;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.xml.stream.XMLStreamException;
import org.airflowappliance.rpm.RpmTag;
import org.airflowappliance.rpm.TagTable;

/**
 * One package in {@code primary.xml}: all that a resolver needs to know.
 *
 * @param xml where it is written
 */
record PrimaryXml(Xml xml) {
  // Requirements of the scriptlets that run while the package is installed: pre and post.
  private static final int BEFORE = 1 << 9 | 1 << 10;
  private static final int COMPARISON = 1 << 1 | 1 << 2 | 1 << 3;

  void write(PackageFile each) throws XMLStreamException {
    TagTable tags = each.header().tags();
    xml.start("package", "type", "rpm");
    xml.text("name", tags.text(RpmTag.NAME)).text("arch", tags.text(RpmTag.ARCH));
    PackageXml.version(xml, tags);
    xml.text("checksum", each.sha256(), "type", "sha256", "pkgid", "YES");
    xml.text("summary", tags.text(RpmTag.SUMMARY));
    xml.text("description", tags.text(RpmTag.DESCRIPTION));
    xml.text("packager", tags.text(RpmTag.PACKAGER)).text("url", tags.text(RpmTag.URL));
    String time = Long.toString(each.time().getEpochSecond());
    xml.empty("time", "file", time, "build", Long.toString(tags.number(RpmTag.BUILD_TIME)));
    xml.empty(
        "size",
        "package",
        Long.toString(each.size()),
        "installed",
        Long.toString(tags.number(RpmTag.SIZE)),
        "archive",
        Long.toString(each.header().signature().number(RpmTag.PAYLOAD_SIZE)));
    xml.empty("location", "href", each.href());
    format(each, tags);
    xml.end();
  }

  private void format(PackageFile each, TagTable tags) throws XMLStreamException {
    xml.start("format");
    xml.text("rpm:license", tags.text(RpmTag.LICENSE));
    xml.text("rpm:vendor", tags.text(RpmTag.VENDOR));
    xml.text("rpm:group", tags.text(RpmTag.GROUP));
    xml.text("rpm:buildhost", tags.text(RpmTag.BUILD_HOST));
    xml.text("rpm:sourcerpm", tags.text(RpmTag.SOURCE_RPM));
    xml.empty(
        "rpm:header-range",
        "start",
        Long.toString(each.header().start()),
        "end",
        Long.toString(each.header().end()));
    relations(
        "rpm:provides",
        tags,
        RpmTag.PROVIDE_NAMES,
        tags.numbers(RpmTag.PROVIDE_FLAGS),
        RpmTag.PROVIDE_VERSIONS);
    relations(
        "rpm:requires",
        tags,
        RpmTag.REQUIRE_NAMES,
        tags.numbers(RpmTag.REQUIRE_FLAGS),
        RpmTag.REQUIRE_VERSIONS);
    relations(
        "rpm:conflicts",
        tags,
        RpmTag.CONFLICT_NAMES,
        tags.numbers(RpmTag.CONFLICT_FLAGS),
        RpmTag.CONFLICT_VERSIONS);
    PackageXml.files(xml, each, PrimaryXml::primary);
    xml.end();
  }

  /** The files that resolvers look for without the full lists; createrepo's rule. */
  private static boolean primary(String path) {
    return path.startsWith("/etc/") || path.contains("bin/") || path.equals("/usr/lib/sendmail");
  }

  private void relations(String element, TagTable tags, int names, long[] flags, int versions)
      throws XMLStreamException {
    Set<List<String>> entries = new LinkedHashSet<>();
    for (int i = 0; i < flags.length; i++) {
      String name = tags.texts(names).get(i);
      // What rpm itself has to know is no business of a resolver.
      if (!name.startsWith("rpmlib(")) {
        entries.add(entry(name, (int) flags[i], tags.texts(versions).get(i)));
      }
    }
    if (!entries.isEmpty()) {
      xml.start(element);
      for (List<String> entry : entries) {
        xml.empty("rpm:entry", entry.toArray(String[]::new));
      }
      xml.end();
    }
  }

  private static List<String> entry(String name, int flags, String text) {
    List<String> entry = new ArrayList<>(List.of("name", name));
    if (!text.isEmpty()) {
      int colon = text.indexOf(':');
      int dash = text.lastIndexOf('-');
      entry.addAll(List.of("flags", comparison(flags)));
      entry.addAll(List.of("epoch", colon < 0 ? "0" : text.substring(0, colon)));
      entry.addAll(List.of("ver", text.substring(colon + 1, dash < 0 ? text.length() : dash)));
      if (dash >= 0) {
        entry.addAll(List.of("rel", text.substring(dash + 1)));
      }
    }
    if ((flags & BEFORE) != 0) {
      entry.addAll(List.of("pre", "1"));
    }
    return entry;
  }

  private static String comparison(int flags) {
    return switch (flags & COMPARISON) {
      case 1 << 1 -> "LT";
      case 1 << 2 -> "GT";
      case 1 << 3 -> "EQ";
      case 1 << 1 | 1 << 3 -> "LE";
      case 1 << 2 | 1 << 3 -> "GE";
      default -> throw new IllegalArgumentException("no comparison in the sense " + flags);
    };
  }
}
