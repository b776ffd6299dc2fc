package org.airflowappliance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.airflowappliance.image.SmallImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What an operator is told whose images cannot be published. */
final class PublishCommandTest {
  private static final String INDEX =
      """
      {"airflow": "1.0", "lockSerial": 7,
       "files": [{"path": "images/small.tar", "kind": "image"}]}
      """;

  @TempDir Path folder;
  private final StringWriter err = new StringWriter();

  @Test
  void whatIsNoReleaseIsAUsersError() {
    assertThat(publish("registry.example/airflow")).isEqualTo(1);
    assertThat(err.toString()).contains(folder + ": is not a release");
  }

  @Test
  void aReleaseWithoutImagesIsTold() throws IOException {
    Files.writeString(folder.resolve("release.json"), "{\"files\": []}");
    assertThat(publish("registry.example/airflow")).isEqualTo(1);
    assertThat(err.toString()).contains(folder + ": holds no image; build it without --only");
  }

  @Test
  void aNameThatIsNoneIsTold() throws IOException {
    SmallImage.in(folder).build();
    Files.writeString(folder.resolve("release.json"), INDEX);
    assertThat(publish("No Registry")).isEqualTo(1);
    assertThat(err.toString()).contains("is not the name of an image; write HOST/PATH");
  }

  private int publish(String registry) {
    CommandLine line = Main.commandLine();
    line.setErr(new PrintWriter(err, true));
    return line.execute("publish", folder.toString(), "--registry", registry, "--quiet");
  }
}
