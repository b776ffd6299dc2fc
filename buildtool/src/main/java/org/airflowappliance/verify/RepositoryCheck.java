package org.airflowappliance.verify;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.ArrayList;
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
import org.airflowappliance.rpm.RpmHeader;
import org.airflowappliance.rpm.RpmSeal;
import org.airflowappliance.rpm.RpmTag;
import org.airflowappliance.verify.ReleaseFiles.Seen;

/** The dnf repository's metadata name all packages, and each is as they say. */
record RepositoryCheck(ReleaseFiles release, Findings findings) {
  private static final String FOLDER = "rpm/";
  static final String INDEX = FOLDER + "repodata/repomd.xml";

  /**
   * Attributes and texts of an element and of those in it, by {@code element} and {@code
   * element@attribute}.
   */
  private record Item(Map<String, String> values, TreeSet<String> files) {
    String get(String name) {
      return values.getOrDefault(name, "");
    }
  }

  void check(Map<String, RpmSeal> packages) {
    if (packages.isEmpty() && release.find(INDEX).isEmpty()) {
      return;
    }
    if (release.find(INDEX).isEmpty()) {
      findings.add(INDEX, "is missing, so dnf finds no package; fetch the release again");
      return;
    }
    findings.look(INDEX, () -> index(packages));
  }

  private void index(Map<String, RpmSeal> packages) throws IOException {
    TreeSet<String> kinds = new TreeSet<>();
    for (Item data : items(Files.newInputStream(release.at(INDEX)), "data")) {
      String path = FOLDER + data.get("location@href");
      kinds.add(data.get("data@type"));
      Seen is = release.find(path).orElse(null);
      if (is == null) {
        findings.add(INDEX, "names " + path + ", which is missing");
        continue;
      }
      said(INDEX, path + "'s sha256", data.get("checksum"), is.sha256());
      said(INDEX, path + "'s size", data.get("size"), Long.toString(is.size()));
      findings.look(path, () -> open(path, data));
      findings.look(path, () -> packages(path, data.get("data@type"), packages));
    }
    if (!kinds.equals(new TreeSet<>(List.of("primary", "filelists", "other")))) {
      findings.add(INDEX, "names " + kinds + " and not filelists, other and primary");
    }
  }

  private void said(String file, String what, String said, String is) {
    if (!said.equals(is)) {
      findings.add(file, "says that %s is %s, but it is %s".formatted(what, said, is));
    }
  }

  private void open(String path, Item data) throws IOException {
    try (InputStream in = unzipped(path);
        Tally bytes = new Tally(OutputStream.nullOutputStream())) {
      in.transferTo(bytes);
      said(INDEX, path + "'s open size", data.get("open-size"), Long.toString(bytes.size()));
      said(INDEX, path + "'s open sha256", data.get("open-checksum"), bytes.hex());
    }
  }

  private InputStream unzipped(String path) throws IOException {
    return new GZIPInputStream(new BufferedInputStream(Files.newInputStream(release.at(path))));
  }

  private void packages(String list, String kind, Map<String, RpmSeal> packages)
      throws IOException {
    Map<String, String> byDigest = new TreeMap<>();
    packages.keySet().forEach(each -> byDigest.put(digest(each), each));
    TreeSet<String> named = new TreeSet<>();
    for (Item item : items(unzipped(list), "package")) {
      boolean primary = kind.equals("primary");
      String sha256 = item.get(primary ? "checksum" : "package@pkgid");
      String path = byDigest.get(sha256);
      if (path == null) {
        findings.add(
            list,
            "names %s with sha256 %s, which no package of the release has"
                .formatted(item.get(primary ? "name" : "package@name"), sha256));
        continue;
      }
      named.add(path);
      version(list, path, packages.get(path), item);
      if (primary) {
        said(list, "the place of " + path, FOLDER + item.get("location@href"), path);
        String size = Long.toString(release.find(path).orElseThrow().size());
        said(list, "the size of " + path, item.get("size@package"), size);
      } else if (kind.equals("filelists")) {
        files(list, path, item);
      }
    }
    packages.keySet().stream()
        .filter(each -> !named.contains(each))
        .forEach(each -> findings.add(list, "does not name " + each));
  }

  private String digest(String path) {
    return release.find(path).orElseThrow().sha256();
  }

  private void version(String list, String path, RpmSeal seal, Item item) {
    String said = item.get("version@ver") + "-" + item.get("version@rel");
    String is = seal.tags().text(RpmTag.VERSION) + "-" + seal.tags().text(RpmTag.RELEASE);
    said(list, "the version of " + path, said, is);
  }

  private void files(String list, String path, Item item) throws IOException {
    TreeSet<String> is = new TreeSet<>();
    RpmHeader.read(release.at(path)).files().stream().map(RpmFile::path).forEach(is::add);
    if (!is.equals(item.files())) {
      is.removeAll(item.files());
      findings.add(list, "names other files of %s than it has, such as %s".formatted(path, is));
    }
  }

  /** All elements of a name; what they hold is never nested in itself. */
  private static List<Item> items(InputStream stream, String name) throws IOException {
    XMLInputFactory factory = XMLInputFactory.newFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    List<Item> items = new ArrayList<>();
    try (InputStream in = stream) {
      XMLStreamReader xml = factory.createXMLStreamReader(in, "UTF-8");
      Item item = null;
      String element = "";
      StringBuilder text = new StringBuilder();
      for (int event = xml.getEventType(); xml.hasNext(); event = xml.next()) {
        if (event == XMLStreamConstants.START_ELEMENT) {
          element = xml.getLocalName();
          text.setLength(0);
          item = element.equals(name) ? new Item(new TreeMap<>(), new TreeSet<>()) : item;
          for (int at = 0; item != null && at < xml.getAttributeCount(); at++) {
            item.values()
                .putIfAbsent(
                    element + "@" + xml.getAttributeLocalName(at), xml.getAttributeValue(at));
          }
        } else if (event == XMLStreamConstants.CHARACTERS) {
          text.append(xml.getText());
        } else if (event == XMLStreamConstants.END_ELEMENT) {
          String ended = xml.getLocalName();
          if (ended.equals(name)) {
            items.add(item);
            item = null;
          } else if (item != null && ended.equals("file")) {
            item.files().add(text.toString());
          } else if (item != null && ended.equals(element)) {
            item.values().putIfAbsent(ended, text.toString());
          }
        }
      }
    } catch (XMLStreamException broken) {
      throw new IOException(broken.getMessage(), broken);
    }
    return items;
  }
}
