package org.airflowappliance.diff;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.airflowappliance.rpm.RpmHeader;
import org.airflowappliance.rpm.RpmTag;

/** Compares two release folders and says what changed inside their files. */
public final class ReleaseDiff {
  /** Files that are made from the others, so that a diff of them tells nothing more. */
  private static final String FOLLOWS =
      "release\\.json|SHA256SUMS|.*\\.asc|rpm/repodata/.*|images/.*\\.digest";

  private final Path oldRelease;
  private final Path newRelease;

  private ReleaseDiff(Path oldRelease, Path newRelease) {
    this.oldRelease = oldRelease;
    this.newRelease = newRelease;
  }

  /** The differences, in the order of paths; none when all files are equal. */
  public static List<Difference> of(Path oldRelease, Path newRelease) throws IOException {
    return new ReleaseDiff(oldRelease, newRelease).differences();
  }

  private List<Difference> differences() throws IOException {
    // Packages are matched by name: their files' names change with every version.
    TreeMap<String, Path> old = files(oldRelease);
    TreeMap<String, Path> fresh = files(newRelease);
    TreeSet<String> names = new TreeSet<>(old.keySet());
    names.addAll(fresh.keySet());
    List<Difference> differences = new ArrayList<>();
    List<Difference> following = new ArrayList<>();
    for (String name : names) {
      Optional<Difference> found = one(old.get(name), fresh.get(name));
      found.ifPresent((name.matches(FOLLOWS) ? following : differences)::add);
    }
    differences.addAll(following);
    return differences;
  }

  private static TreeMap<String, Path> files(Path release) throws IOException {
    TreeMap<String, Path> files = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(release)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        String path = release.relativize(file).toString();
        files.put(path.endsWith(".rpm") ? packageName(file, path) : path, file);
      }
    }
    return files;
  }

  private static String packageName(Path file, String path) throws IOException {
    RpmHeader header = RpmHeader.read(file);
    String folder = path.substring(0, path.lastIndexOf('/') + 1);
    return folder + header.tags().text(RpmTag.NAME) + "." + header.tags().text(RpmTag.ARCH);
  }

  private Optional<Difference> one(Path old, Path fresh) throws IOException {
    if (old == null) {
      String path = path(newRelease, fresh);
      return Optional.of(new Difference("added " + path + " (" + Files.size(fresh) + " bytes)"));
    }
    if (fresh == null) {
      String path = path(oldRelease, old);
      return Optional.of(new Difference("removed " + path + " (" + Files.size(old) + " bytes)"));
    }
    String before = path(oldRelease, old);
    String after = path(newRelease, fresh);
    if (before.equals(after) && Files.mismatch(old, fresh) < 0) {
      return Optional.empty();
    }
    String headline = "changed " + before + (before.equals(after) ? "" : " -> " + after);
    return Optional.of(new Difference(headline, inside(after, old, fresh)));
  }

  private static List<String> inside(String path, Path old, Path fresh) throws IOException {
    if (path.matches(FOLLOWS)) {
      return List.of("follows from the files that it lists or signs");
    }
    if (path.endsWith(".rpm")) {
      List<String> changes = RpmDiff.of(old, fresh);
      return changes.isEmpty() ? List.of("only its times, compression or signature") : changes;
    }
    if (path.matches("images/[^/]+\\.tar")) {
      return ImageDiff.of(old, fresh);
    }
    Optional<List<String>> text = TextDiff.of(old, fresh);
    return text.isPresent() ? text.get() : List.of(Bytes.of(old) + " -> " + Bytes.of(fresh));
  }

  private static String path(Path release, Path file) {
    return release.relativize(file).toString();
  }
}
