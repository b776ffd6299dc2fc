package org.airflowappliance.verify;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.airflowappliance.image.ImageArchive;
import org.airflowappliance.rpm.RpmFile;
import org.airflowappliance.rpm.RpmSeal;

/**
 * The packages that are in a file of the release, as its own content shows: folders of Python's
 * packages, and entries in the database of Debian's.
 */
final class Carried {
  private static final Pattern PYTHON =
      Pattern.compile(".*/site-packages/([^/]+?)-([^/-]+)\\.dist-info/METADATA");
  private static final Pattern DEBIAN = Pattern.compile("/var/lib/dpkg/status\\.d/[^/]+");

  /** More than Debian tells of any package. */
  private static final int LONGEST = 1 << 20;

  private final Set<String> found = new TreeSet<>();

  private Carried() {}

  /** A package in the form that is compared. */
  static String python(String name, String version) {
    return "Python's " + name.toLowerCase(Locale.ROOT).replaceAll("[-_.]+", "-") + " " + version;
  }

  /** The same of Debian's. */
  static String debian(String name, String version, String architecture) {
    return "Debian's " + name + " " + version + " " + architecture;
  }

  /** In a package: names of files tell. */
  static Set<String> in(RpmSeal seal) {
    Carried carried = new Carried();
    seal.header().files().stream().map(RpmFile::path).forEach(carried::path);
    return carried.found;
  }

  /** In those layers of an image that were made with the release. */
  static Set<String> in(Path archive) throws IOException {
    Carried carried = new Carried();
    try (ImageArchive image = ImageArchive.open(archive)) {
      for (String layer : image.ownLayers()) {
        image.visit(
            layer,
            (path, entry, tar) -> {
              carried.path(path);
              if (entry.isFile() && DEBIAN.matcher(path).matches()) {
                carried.entry(new String(tar.readNBytes(LONGEST), StandardCharsets.UTF_8));
              }
            });
      }
    }
    return carried.found;
  }

  private void path(String path) {
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
