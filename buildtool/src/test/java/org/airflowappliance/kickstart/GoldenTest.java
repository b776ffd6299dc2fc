package org.airflowappliance.kickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.airflowappliance.plan.Artifact;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example's kickstarts and menus, laid out like the release; -Dgolden=update rewrites them. */
class GoldenTest {
  private static final Path GOLDEN = Path.of("src/test/golden/homelab");

  @TempDir Path folder;

  @Test
  void kickstartsAndMenusAreAsReviewed() throws IOException {
    List<Artifact> texts = Examples.texts(Examples.homelab());
    for (Artifact each : texts) {
      String text = Examples.text(folder, each);
      Path golden = GOLDEN.resolve(each.path().value());
      if ("update".equals(System.getProperty("golden"))) {
        Files.createDirectories(golden.getParent());
        Files.writeString(golden, text);
      }
      assertThat(text).as(golden.toString()).isEqualTo(Files.readString(golden));
    }
    assertThat(files("kickstart", "pxe"))
        .containsExactlyInAnyOrderElementsOf(
            texts.stream().map(each -> each.path().value()).toList());
  }

  private static List<String> files(String... folders) throws IOException {
    Stream.Builder<String> all = Stream.builder();
    for (String each : folders) {
      try (Stream<Path> walk = Files.walk(GOLDEN.resolve(each))) {
        walk.filter(Files::isRegularFile)
            .forEach(file -> all.add(GOLDEN.relativize(file).toString()));
      }
    }
    return all.build().toList();
  }
}
