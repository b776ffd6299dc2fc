package org.airflowappliance.diff;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.airflowappliance.image.SmallImage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageDiffTest {
  @TempDir Path folder;
  private SmallImage image;
  private Path old;

  @BeforeEach
  void before() throws IOException {
    image = SmallImage.in(folder);
    old = Files.copy(image.build(), folder.resolve("old.tar"));
  }

  private List<String> lines() throws IOException {
    return ImageDiff.of(old, image.build()).stream()
        .map(line -> line.replaceAll("[0-9]+ bytes sha256 [0-9a-f]{12}", "N"))
        .toList();
  }

  @Test
  void equalImagesHaveNoDifference() throws IOException {
    assertThat(lines()).isEmpty();
  }

  @Test
  void configurationIsComparedByName() throws IOException {
    image.edit("TOOL_HOME: /opt", "TOOL: x");
    image.edit("title: Small", "title: Smaller");
    image.edit("command: [run]", "command: [run, fast]");
    assertThat(lines())
        .containsExactly(
            "Cmd: [\"run\"] -> [\"run\",\"fast\"]",
            "Env TOOL: unset -> x",
            "Env TOOL_HOME: /opt -> unset",
            "Label org.opencontainers.image.title: Small -> Smaller");
  }

  @Test
  void layersAreComparedByFile() throws IOException {
    Files.writeString(
        folder.resolve("images/small/files/version"),
        "{{airflow.version}} {{airflow.serial}} {{airflow.python}}\n");
    image.edit("path: /opt/link", "path: /opt/name");
    image.edit("\"0775\"", "\"0755\"");
    assertThat(lines())
        .containsExactly(
            "~ layer 2 own  N -> N",
            "  ~ /opt  mode 040775 -> 040755",
            "  - /opt/link  0777 0:0 0 -> version",
            "  + /opt/name  0777 0:0 0 -> version",
            "  ~ /opt/version  size 21 -> 10, sha256 " + "bd966e2ea163 -> 32b4b7989287",
            "  /opt/version:",
            "    @@ -1,1 +1,1 @@",
            "    -Airflow 1.0-7 on 3.9",
            "    +1.0 7 3.9");
  }
}
