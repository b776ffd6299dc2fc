package org.airflowappliance.verify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.airflowappliance.image.ImageArchive;
import org.airflowappliance.rpm.RpmFile;
import org.airflowappliance.rpm.RpmSeal;

/**
 * The packages that are in a file of the release, as its own content shows: folders of Python's
 * packages, and entries in the database of Debian's.
 *
 * @param found each in the form that is compared
 * @param whole whether the bill has to name all of them; what an image of the operator's brings
 *     below a release's is named by nobody
 */
record Carried(Set<String> found, boolean whole) {
  private static final Pattern PYTHON =
      Pattern.compile(".*/site-packages/([^/]+?)-([^/-]+)\\.dist-info/METADATA");
  private static final Pattern DEBIAN = Pattern.compile("/var/lib/dpkg/status\\.d/[^/]+");

  /** More than Debian tells of any package. */
  private static final int LONGEST = 1 << 20;

  private Carried(boolean whole) {
    this(new ConcurrentSkipListSet<>(), whole);
  }

  /** A package in the form that is compared. */
  static String python(String name, String version) {
    return "Python's " + name.toLowerCase(Locale.ROOT).replaceAll("[-_.]+", "-") + " " + version;
  }

  /** The same of Debian's. */
  static String debian(String name, String version, String architecture) {
    return "Debian's " + name + " " + version + " " + architecture;
  }

  /** In a package: names of files tell. */
  static Carried in(RpmSeal seal) {
    Carried carried = new Carried(true);
    seal.header().files().stream().map(RpmFile::path).forEach(carried::path);
    return carried;
  }

  /** In the layers of an image, read side by side. */
  static Carried in(Path archive) throws IOException {
    List<String> layers;
    Carried carried;
    try (ImageArchive image = ImageArchive.open(archive)) {
      layers = image.layers();
      carried = new Carried(!image.hasBase());
    }
    try {
      layers.parallelStream().forEach(layer -> carried.layer(archive, layer));
    } catch (UncheckedIOException unreadable) {
      throw unreadable.getCause();
    }
    return carried;
  }

  private void layer(Path archive, String layer) {
    try (ImageArchive image = ImageArchive.open(archive)) {
      image.visit(
          layer,
          (path, entry, tar) -> {
            path(path);
            if (entry.isFile() && DEBIAN.matcher(path).matches()) {
              entry(new String(tar.readNBytes(LONGEST), StandardCharsets.UTF_8));
            }
          });
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private void path(String path) {
    if (!path.endsWith("/METADATA")) {
      return; // most are none, and the pattern looks at each letter
    }
    Matcher metadata = PYTHON.matcher(path);
    if (metadata.matches()) {
      found.add(python(metadata.group(1), metadata.group(2)));
    }
  }

  private void entry(String control) {
    found.add(
        debian(
            field(control, "Package"), field(control, "Version"), field(control, "Architecture")));
  }

  private static String field(String control, String name) {
    List<String> values =
        control
            .lines()
            .filter(line -> line.startsWith(name + ": "))
            .map(line -> line.substring(name.length() + 2).strip())
            .toList();
    return values.isEmpty() ? "" : values.get(0);
  }
}
