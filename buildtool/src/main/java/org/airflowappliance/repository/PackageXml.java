package org.airflowappliance.repository;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Predicate;
import javax.xml.stream.XMLStreamException;
import org.airflowappliance.rpm.RpmFile;
import org.airflowappliance.rpm.RpmTag;
import org.airflowappliance.rpm.TagTable;

/** The three metadata files in the form of createrepo, whose readers dnf's libraries are. */
final class PackageXml {
  private static final String NAMESPACE = "http://linux.duke.edu/metadata/";

  private final Xml xml;

  private PackageXml(Xml xml) {
    this.xml = xml;
  }

  static void write(Metadata.Kind kind, List<PackageFile> packages, OutputStream out)
      throws IOException {
    try {
      new PackageXml(new Xml(out)).all(kind, packages);
    } catch (XMLStreamException problem) {
      throw new IOException(problem);
    }
  }

  private void all(Metadata.Kind kind, List<PackageFile> packages) throws XMLStreamException {
    String count = Integer.toString(packages.size());
    switch (kind) {
      case PRIMARY ->
          xml.start(
              "metadata",
              "xmlns",
              NAMESPACE + "common",
              "xmlns:rpm",
              NAMESPACE + "rpm",
              "packages",
              count);
      case FILELISTS -> xml.start("filelists", "xmlns", NAMESPACE + "filelists", "packages", count);
      case OTHER -> xml.start("otherdata", "xmlns", NAMESPACE + "other", "packages", count);
    }
    for (PackageFile each : packages) {
      switch (kind) {
        case PRIMARY -> new PrimaryXml(xml).write(each);
        case FILELISTS -> filelists(each);
        case OTHER -> other(each);
      }
    }
    xml.end().finish();
  }

  private void filelists(PackageFile each) throws XMLStreamException {
    start(each);
    files(xml, each, path -> true);
    xml.end();
  }

  private void other(PackageFile each) throws XMLStreamException {
    start(each);
    TagTable tags = each.header().tags();
    List<String> authors = tags.texts(RpmTag.CHANGELOG_NAMES);
    List<String> texts = tags.texts(RpmTag.CHANGELOG_TEXTS);
    long[] times = tags.numbers(RpmTag.CHANGELOG_TIMES);
    for (int i = 0; i < texts.size(); i++) {
      xml.text(
          "changelog", texts.get(i), "author", authors.get(i), "date", Long.toString(times[i]));
    }
    xml.end();
  }

  private void start(PackageFile each) throws XMLStreamException {
    TagTable tags = each.header().tags();
    xml.start(
        "package",
        "pkgid",
        each.sha256(),
        "name",
        tags.text(RpmTag.NAME),
        "arch",
        tags.text(RpmTag.ARCH));
    version(xml, tags);
  }

  /** The package's own version. */
  static void version(Xml xml, TagTable tags) throws XMLStreamException {
    xml.empty(
        "version",
        "epoch",
        Long.toString(tags.number(RpmTag.EPOCH)),
        "ver",
        tags.text(RpmTag.VERSION),
        "rel",
        tags.text(RpmTag.RELEASE));
  }

  /** The files whose path is asked for. */
  static void files(Xml xml, PackageFile each, Predicate<String> asked) throws XMLStreamException {
    for (RpmFile file : each.header().files()) {
      if (!asked.test(file.path())) {
        continue;
      }
      if (file.directory()) {
        xml.text("file", file.path(), "type", "dir");
      } else if (file.ghost()) {
        xml.text("file", file.path(), "type", "ghost");
      } else {
        xml.text("file", file.path());
      }
    }
  }
}
