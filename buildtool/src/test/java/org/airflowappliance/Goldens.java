package org.airflowappliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Expected texts below {@code src/test/golden}, laid out like a release; {@code -Dgolden=update}
 * writes them anew.
 */
public final class Goldens {
  private static final boolean UPDATE = "update".equals(System.getProperty("golden"));

  private final Path root;

  /** Those of one example. */
  public Goldens(String example) {
    this.root = Path.of("src/test/golden", example);
  }

  /** Compares all texts of one folder of the release, by path; none may be missing or too many. */
  public void compare(String folder, Map<String, String> texts) throws IOException {
    if (UPDATE) {
      for (Path old : files(folder)) {
        Files.delete(old);
      }
      for (Map.Entry<String, String> text : texts.entrySet()) {
        Path file = root.resolve(text.getKey());
        Files.createDirectories(file.getParent());
        Files.writeString(file, text.getValue());
      }
    }
    assertThat(files(folder).stream().map(file -> root.relativize(file).toString()).toList())
        .as("goldens; -Dgolden=update writes them")
        .isEqualTo(new ArrayList<>(new TreeSet<>(texts.keySet())));
    for (Map.Entry<String, String> text : texts.entrySet()) {
      assertThat(text.getValue())
          .as(text.getKey())
          .isEqualTo(Files.readString(root.resolve(text.getKey())));
    }
  }

  private List<Path> files(String folder) throws IOException {
    if (!Files.isDirectory(root.resolve(folder))) {
      return List.of();
    }
    try (Stream<Path> walk = Files.walk(root.resolve(folder))) {
      return walk.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
