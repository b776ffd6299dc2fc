package org.airflowappliance.verify;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.airflowappliance.file.Tally;
import org.airflowappliance.rpm.RpmFile;
import org.airflowappliance.rpm.RpmSeal;
import org.airflowappliance.rpm.RpmTag;
import org.airflowappliance.verify.ReleaseFiles.Seen;

/** The dnf repository's metadata name all packages, and each is as they say. */
record RepositoryCheck(ReleaseFiles release, Findings findings) {
  private static final String FOLDER = "rpm/";
  static final String INDEX = FOLDER + "repodata/repomd.xml";
  private static final List<String> KINDS = List.of("filelists", "other", "primary");

  /** More than the metadata of a release has when it is open. */
  private static final int OPEN_LIMIT = 256 << 20;

  /**
   * An element.
   *
   * @param values attributes and texts, of those in it, too: {@code element}, {@code
   *     element@attribute}
   * @param files the texts of all {@code file} in it
   */
  private record Item(Map<String, String> values, TreeSet<String> files) {
    String get(String name) {
      return values.getOrDefault(name, "");
    }
  }

  /** A release of some sections may have no repository; the lists know whether it ought to. */
  void check(Map<String, RpmSeal> packages) {
    if (release.has(INDEX)) {
      findings.look(INDEX, () -> index(packages));
    }
  }

  private void index(Map<String, RpmSeal> packages) throws IOException {
    List<String> kinds = new ArrayList<>();
    for (Item data : items(new ByteArrayInputStream(release.bytes(INDEX)), "data")) {
      kinds.add(data.get("data@type"));
      String path = FOLDER + data.get("location@href");
      Seen is = release.find(path).orElse(null);
      if (is == null) {
        findings.addFirst(INDEX, "names " + path + ", which is missing");
        continue;
      }
      if (findings.knows(path)) {
        continue;
      }
      said(INDEX, path + "'s sha256", data.get("checksum"), is.sha256());
      said(INDEX, path + "'s size", data.get("size"), Long.toString(is.size()));
      findings.look(path, () -> metadata(path, data, packages));
    }
    if (!kinds.stream().sorted().toList().equals(KINDS)) {
      findings.add(INDEX, "names " + kinds + ", but dnf needs " + KINDS + " once each");
    }
  }

  private void said(String file, String what, String said, String is) {
    if (!said.equals(is)) {
      findings.add(
          file, "says that %s is %s, but it is %s; do not mix releases".formatted(what, said, is));
    }
  }

  private void metadata(String path, Item data, Map<String, RpmSeal> packages) throws IOException {
    byte[] open;
    try (InputStream in =
        new GZIPInputStream(
            new BufferedInputStream(new ByteArrayInputStream(release.bytes(path))))) {
      open = in.readNBytes(OPEN_LIMIT);
    }
    said(INDEX, path + "'s open size", data.get("open-size"), Integer.toString(open.length));
    String sha256 = HexFormat.of().formatHex(Tally.digest("SHA-256").digest(open));
    said(INDEX, path + "'s open sha256", data.get("open-checksum"), sha256);
    // a package that is wrong has been told of, and its digest says nothing
    if (!findings.any(FOLDER + ".*\\.rpm")) {
      packages(
          path, data.get("data@type"), items(new ByteArrayInputStream(open), "package"), packages);
    }
  }

  private void packages(String list, String kind, List<Item> items, Map<String, RpmSeal> packages) {
    Map<String, String> byDigest = new TreeMap<>();
    packages.keySet().forEach(each -> byDigest.put(seen(each).sha256(), each));
    TreeSet<String> missing = new TreeSet<>(packages.keySet());
    boolean primary = kind.equals("primary");
    for (Item item : items) {
      String sha256 = item.get(primary ? "checksum" : "package@pkgid");
      String name = item.get(primary ? "name" : "package@name");
      String path = byDigest.get(sha256);
      if (path == null) {
        findings.add(
            list,
            "names %s with sha256 %s, which no package of the release has".formatted(name, sha256));
        continue;
      }
      missing.remove(path);
      RpmSeal seal = packages.get(path);
      String arch = item.get(primary ? "arch" : "package@arch");
      said(list, path + "'s name", name, seal.name());
      said(list, path + "'s architecture", arch, seal.header().tags().text(RpmTag.ARCH));
      said(
          list,
          path + "'s version",
          item.get("version@ver") + "-" + item.get("version@rel"),
          seal.version());
      if (primary) {
        said(list, path + "'s place", FOLDER + item.get("location@href"), path);
        said(list, path + "'s size", item.get("size@package"), Long.toString(seen(path).size()));
      } else if (kind.equals("filelists")) {
        files(list, path, item, seal);
      }
    }
    missing.forEach(each -> findings.add(list, "does not name " + each));
  }

  private Seen seen(String path) {
    return release.find(path).orElseThrow();
  }

  private void files(String list, String path, Item item, RpmSeal seal) {
    TreeSet<String> has = new TreeSet<>();
    seal.header().files().stream().map(RpmFile::path).forEach(has::add);
    TreeSet<String> more = new TreeSet<>(item.files());
    more.removeAll(has);
    has.removeAll(item.files());
    if (!more.isEmpty()) {
      findings.add(list, "names %s, which %s has not".formatted(more.first(), path));
    } else if (!has.isEmpty()) {
      findings.add(list, "does not name %s, which %s has".formatted(has.first(), path));
    }
  }

  /** All elements of a name. */
  private static List<Item> items(InputStream stream, String name) throws IOException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    List<Item> items = new ArrayList<>();
    try (InputStream in = stream) {
      XMLStreamReader xml = factory.createXMLStreamReader(in, "UTF-8");
      Reading reading = new Reading(name, items);
      while (xml.hasNext()) {
        reading.event(xml.next(), xml);
      }
    } catch (XMLStreamException broken) {
      throw new IOException("no XML: " + broken.getMessage(), broken);
    }
    return items;
  }

  /** One document on its way to its elements. */
  private static final class Reading {
    private final String name;
    private final List<Item> items;
    private final StringBuilder text = new StringBuilder();
    private Item item;
    private String element = "";

    Reading(String name, List<Item> items) {
      this.name = name;
      this.items = items;
    }

    void event(int event, XMLStreamReader xml) throws IOException {
      switch (event) {
        case XMLStreamConstants.START_ELEMENT -> start(xml);
        case XMLStreamConstants.CHARACTERS -> text.append(xml.getText());
        case XMLStreamConstants.END_ELEMENT -> end(xml.getLocalName());
        // dnf's parser would take entities from it
        case XMLStreamConstants.DTD -> throw new IOException("it has a document type");
        default -> {
          // comments and the like say nothing
        }
      }
    }

    private void start(XMLStreamReader xml) throws IOException {
      element = xml.getLocalName();
      text.setLength(0);
      if (element.equals(name)) {
        if (item != null) {
          throw new IOException("an element " + name + " is in another one");
        }
        item = new Item(new TreeMap<>(), new TreeSet<>());
      }
      for (int at = 0; item != null && at < xml.getAttributeCount(); at++) {
        item.values()
            .putIfAbsent(element + "@" + xml.getAttributeLocalName(at), xml.getAttributeValue(at));
      }
    }

    private void end(String ended) {
      if (item != null && ended.equals(name)) {
        items.add(item);
        item = null;
      } else if (item != null && ended.equals("file")) {
        item.files().add(text.toString());
      } else if (item != null && ended.equals(element)) {
        item.values().putIfAbsent(ended, text.toString());
      }
    }
  }
}
