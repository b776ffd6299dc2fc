package org.airflowappliance.debian;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** All packages of a suite, as its index {@code Packages} lists them. */
public final class PackageIndex {
  private static final Set<String> FIELDS =
      Set.of(
          "Package",
          "Version",
          "Filename",
          "Size",
          "SHA256",
          "Depends",
          "Pre-Depends",
          "Provides",
          "Conflicts",
          "Breaks");

  private final String name;
  private final Map<String, Map<String, String>> newest = new HashMap<>();
  private final Map<String, Set<String>> providers = new HashMap<>();

  private PackageIndex(String name) {
    this.name = name;
  }

  /**
   * Reads an index.
   *
   * @param name of the suite, for errors
   */
  static PackageIndex read(String name, Reader text) throws IOException {
    PackageIndex index = new PackageIndex(name);
    BufferedReader lines = new BufferedReader(text);
    Map<String, String> fields = new HashMap<>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      int colon = line.indexOf(':');
      if (line.isEmpty()) {
        index.add(fields);
        fields = new HashMap<>();
      } else if (colon > 0 && FIELDS.contains(line.substring(0, colon))) {
        fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
      }
    }
    index.add(fields);
    return index;
  }

  private void add(Map<String, String> fields) throws IOException {
    if (fields.isEmpty()) {
      return;
    }
    for (String field : List.of("Package", "Version", "Filename", "Size", "SHA256")) {
      if (!fields.containsKey(field)) {
        throw new IOException(name + ": the entry " + fields + " has no field " + field);
      }
    }
    newest.merge(fields.get("Package"), fields, PackageIndex::newer);
    for (List<Relation> provided : Relation.parse(fields.getOrDefault("Provides", ""))) {
      provided.forEach(
          each ->
              providers
                  .computeIfAbsent(each.name(), unused -> new TreeSet<>())
                  .add(fields.get("Package")));
    }
  }

  private static Map<String, String> newer(Map<String, String> left, Map<String, String> right) {
    int order =
        new DebianVersion(left.get("Version")).compareTo(new DebianVersion(right.get("Version")));
    return order >= 0 ? left : right;
  }

  String name() {
    return name;
  }

  int size() {
    return newest.size();
  }

  /** Packages that are what {@code relation} asks for: the one of that name alone, if it is. */
  List<BinaryPackage> candidates(Relation relation) {
    List<BinaryPackage> found = new ArrayList<>();
    if (newest.containsKey(relation.name())) {
      BinaryPackage real = BinaryPackage.of(newest.get(relation.name()));
      if (real.satisfies(relation)) {
        return List.of(real);
      }
    }
    for (String provider : providers.getOrDefault(relation.name(), Set.of())) {
      BinaryPackage candidate = BinaryPackage.of(newest.get(provider));
      if (candidate.satisfies(relation)) {
        found.add(candidate);
      }
    }
    return found;
  }

  /** What the index has under a name, for errors. */
  String known(String wanted) {
    Map<String, String> fields = newest.get(wanted);
    return fields == null ? "no " + wanted : wanted + " " + fields.get("Version");
  }
}
