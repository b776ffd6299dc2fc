package org.airflowappliance.python;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Python package that is installed in a folder, as it says of itself.
 *
 * @param folder its {@code .dist-info}
 * @param head the fields of its metadata, a line each
 */
public record Distribution(Path folder, List<String> head) {
  private static final String SUFFIX = ".dist-info";
  private static final String CLASSIFIER = "License :: ";

  /** The names that setuptools takes for texts of licences, and the folder of newer wheels. */
  private static final Pattern LICENCE =
      Pattern.compile(
          ".*\\.dist-info/((licenses|license_files)/.*|(LICEN[CS]E|COPYING|NOTICE|AUTHORS)[^/]*)",
          Pattern.CASE_INSENSITIVE);

  /** Of those the ones that are not only notes beside a licence. */
  private static final Pattern NOTE =
      Pattern.compile("(.*/)?(NOTICE|AUTHORS)[^/]*", Pattern.CASE_INSENSITIVE);

  public Distribution {
    head = List.copyOf(head);
  }

  /** Whether a file is the text of a licence, or a note that goes with one. */
  public static boolean isLicence(String path) {
    return LICENCE.matcher(path).matches();
  }

  /** All packages that are installed in a folder, by the names of their own folders. */
  public static List<Distribution> in(Path sitePackages) throws IOException {
    List<Distribution> found = new ArrayList<>();
    try (Stream<Path> all = Files.list(sitePackages)) {
      for (Path each : all.filter(path -> path.toString().endsWith(SUFFIX)).sorted().toList()) {
        List<String> metadata =
            Files.readAllLines(each.resolve("METADATA"), StandardCharsets.UTF_8);
        // the description follows after an empty line
        int empty = metadata.indexOf("");
        found.add(new Distribution(each, metadata.subList(0, empty < 0 ? metadata.size() : empty)));
      }
    }
    return found;
  }

  /** As it writes it. */
  public String name() {
    return field("Name").get(0);
  }

  /** As the index and locks write it. */
  public String normalName() {
    return normal(name());
  }

  /** A name as the index and locks write it. */
  static String normal(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[-_.]+", "-");
  }

  /** Its version. */
  public String version() {
    return field("Version").get(0);
  }

  /** The values of a field of its metadata, of each its first line. */
  public List<String> field(String name) {
    return values(head, name);
  }

  /** The lines {@code NAME: VALUE} of one name. */
  static List<String> values(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name + ": "))
        .map(line -> line.substring(name.length() + 2).strip())
        .toList();
  }

  /** What it says of its licence: the newest field, from an expression to a classifier's words. */
  public List<String> licences() {
    List<String> expression = field("License-Expression");
    if (!expression.isEmpty()) {
      return expression;
    }
    List<String> words = new ArrayList<>(field("License"));
    words.removeIf(word -> word.isBlank() || word.equals("UNKNOWN"));
    if (!words.isEmpty()) {
      return words;
    }
    return field("Classifier").stream()
        .filter(each -> each.startsWith(CLASSIFIER))
        .map(each -> each.replaceFirst(".* :: ", ""))
        .toList();
  }

  /** The texts of licences that it brings, with the notes beside them, from the tree's root. */
  public List<String> licenceFiles() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      List<String> found =
          all.filter(Files::isRegularFile)
              .map(file -> folder.getParent().relativize(file).toString())
              .filter(Distribution::isLicence)
              .sorted()
              .toList();
      return found.stream().allMatch(NOTE.asMatchPredicate()) ? List.of() : found;
    }
  }
}
