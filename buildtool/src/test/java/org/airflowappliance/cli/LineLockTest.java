package org.airflowappliance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineLockTest {
  private static final FileTime BEFORE = FileTime.from(Instant.parse("2022-01-01T00:00:00Z"));
  private static final Map<String, String> LOCKS =
      Map.of(
          "interpreter.lock", "a 1 pool/a 7 aa\n",
          "requirements.lock", "b==1 \\\n    --hash=sha256:bb\n");

  @TempDir Path home;

  private final LineLock lock =
      new LineLock(null, null, null, null, Instant.parse("2026-02-03T04:05:06.789Z"));

  @BeforeEach
  void write() throws IOException {
    Files.writeString(
        home.resolve("line.yaml"),
        "# the line\npython: '3.9'\nserial: 9 # raised by lock\nlocked: 2022-04-06T00:00:00Z\n");
    for (Map.Entry<String, String> each : LOCKS.entrySet()) {
      Files.writeString(home.resolve(each.getKey()), each.getValue());
    }
    for (String each : new String[] {"line.yaml", "interpreter.lock", "requirements.lock"}) {
      Files.setLastModifiedTime(home.resolve(each), BEFORE);
    }
  }

  @Test
  void whatIsUnchangedIsUntouched() throws IOException {
    assertThat(lock.replaced(home, 9, LOCKS, false)).isEmpty();
    for (String each : new String[] {"line.yaml", "interpreter.lock", "requirements.lock"}) {
      assertThat(Files.getLastModifiedTime(home.resolve(each))).as(each).isEqualTo(BEFORE);
    }
  }

  @Test
  void aChangeRaisesTheSerialAndSetsTheTimeOnly() throws IOException {
    Map<String, String> fresh = new LinkedHashMap<>(LOCKS);
    fresh.put("requirements.lock", "b==2 \\\n    --hash=sha256:cc\n");

    List<String> changes = lock.replaced(home, 9, fresh, false);

    assertThat(changes).containsExactly("requirements.lock: b 1 -> 2", "serial 9 -> 10");
    assertThat(home.resolve("requirements.lock")).hasContent(fresh.get("requirements.lock"));
    assertThat(home.resolve("line.yaml"))
        .hasContent(
            "# the line\npython: '3.9'\nserial: 10 # raised by lock\nlocked: 2026-02-03T04:05:06Z\n");
    assertThat(Files.getLastModifiedTime(home.resolve("interpreter.lock"))).isEqualTo(BEFORE);
    assertThat(home.toFile().list()).hasSize(3);
  }

  @Test
  void aChangeOutsideOfTheLineRaisesItsSerialToo() throws IOException {
    assertThat(lock.replaced(home, 9, LOCKS, true)).containsExactly("serial 9 -> 10");
    assertThat(home.resolve("line.yaml")).content().contains("serial: 10 ");
    assertThat(Files.getLastModifiedTime(home.resolve("interpreter.lock"))).isEqualTo(BEFORE);
  }
}
