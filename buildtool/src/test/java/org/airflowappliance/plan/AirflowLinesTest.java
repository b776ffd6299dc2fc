package org.airflowappliance.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.airflowappliance.lock.Pin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AirflowLinesTest {
  @TempDir Path folder;

  @Test
  void readsTheLineThatTheToolCarries() {
    Definitions definitions = PackedDefinitions.carried();
    assertThat(AirflowLines.versions(definitions)).contains("2.2.5");
    AirflowLine line = AirflowLines.read(definitions, "2.2.5");
    assertThat(line.python()).isEqualTo("3.9");
    assertThat(line.serial()).isPositive();
    assertThat(line.requirements()).contains("\napache-airflow==2.2.5 \\\n    --hash=sha256:");
    assertThat(line.interpreter()).extracting(Pin::name).contains("python3.9", "zlib1g");
    assertThat(PinRows.text(line.interpreter()))
        .isEqualTo(definitions.text("rpm/lines/2.2.5/interpreter.lock"));
    assertThat(AirflowLines.source(definitions, "2.2.5").packages())
        .containsExactly("python3.9", "python3-distutils");
  }

  @Test
  void everyRequirementIsPinnedAndHashed() {
    AirflowLine line = AirflowLines.read(PackedDefinitions.carried(), "2.2.5");
    for (String lock : List.of(line.requirements(), line.buildRequirements(), line.tools())) {
      String[] requirements = lock.replaceAll("\\\\\\n\\s*", "").strip().split("\\n");
      assertThat(requirements)
          .isNotEmpty()
          .allMatch(row -> row.matches("[a-z0-9.-]+==\\S+ (--hash=sha256:[0-9a-f]{64} ?)+( ;.*)?"));
    }
    assertThat(line.requirements()).doesNotContain("://");
  }

  @Test
  void saysWhatIsWrongWithAPin() throws IOException {
    Path home = Files.createDirectories(folder.resolve("rpm/lines/1"));
    Files.writeString(
        home.resolve("line.yaml"), "python: '3'\nserial: 1\nlocked: 2022-04-06T00:00:00Z\n");
    for (String name : List.of("requirements.lock", "build.lock", "tools.lock")) {
      Files.writeString(home.resolve(name), "");
    }
    Files.writeString(home.resolve("interpreter.lock"), "# comment\na 1 pool/a 7\n");
    assertThatThrownBy(() -> AirflowLines.read(PackedDefinitions.folder(folder), "1"))
        .hasMessageContaining("rpm/lines/1/interpreter.lock: 'a 1 pool/a 7' has 4 columns");
    Files.writeString(home.resolve("interpreter.lock"), "a 1 pool/a 7 abc\n");
    assertThatThrownBy(() -> AirflowLines.read(PackedDefinitions.folder(folder), "1"))
        .hasMessageContaining("a: 'abc' is not a SHA-256");
  }
}
