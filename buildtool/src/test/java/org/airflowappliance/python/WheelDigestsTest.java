package org.airflowappliance.python;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The index's files of a package as uv lists them, and what its wheels leave when installed. */
class WheelDigestsTest {
  private static final String LISTED =
      """
      sdist = { url = "https://x.example/a/numpy-1.22.3.zip", hashes = { sha256 = "5d" } }
      wheels = [
          { url = "https://x.example/a/numpy-1.22.3-cp39-cp39-manylinux_2_17_aarch64.manylinux2014_aarch64.whl", hashes = { sha256 = "aa" } },
          { url = "https://x.example/a/numpy-1.22.3-1-cp39-cp39-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", hashes = { sha256 = "bb" } },
      ]
      """;

  @TempDir Path folder;

  private String installed(String wheel) throws IOException {
    Path info = Files.createDirectories(folder.resolve("numpy-1.22.3.dist-info"));
    Files.writeString(info.resolve("METADATA"), "Name: numpy\nVersion: 1.22.3\n");
    Files.writeString(info.resolve("WHEEL"), "Wheel-Version: 1.0\n" + wheel);
    Set<String> tags = WheelDigests.tags(Distribution.in(folder).get(0));
    JsonNode listed = new TomlMapper().readTree(LISTED);
    return WheelDigests.sha256(listed, tags);
  }

  @Test
  void theWheelIsTheOneWithTheTagsThatItLeft() throws IOException {
    String both = "Tag: cp39-cp39-manylinux_2_17_x86_64\nTag: cp39-cp39-manylinux2014_x86_64\n";
    assertThat(installed(both)).isEqualTo("bb");
    // some write all in one line, as in the name
    assertThat(installed("Tag: cp39-cp39-manylinux_2_17_x86_64.manylinux2014_x86_64\n"))
        .isEqualTo("bb");
  }

  @Test
  void whatHasNoSuchWheelWasBuiltFromItsSources() throws IOException {
    assertThat(installed("Tag: py3-none-any\n")).isEqualTo("5d");
  }
}
