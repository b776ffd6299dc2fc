package org.airflowappliance.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
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

  private static final LockSet.Listener IGNORED = (what, changes) -> {};

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
    assertThat(lock.raised(home, 9, LOCKS, false).write()).isEmpty();
    for (String each : new String[] {"line.yaml", "interpreter.lock", "requirements.lock"}) {
      assertThat(Files.getLastModifiedTime(home.resolve(each))).as(each).isEqualTo(BEFORE);
    }
  }

  @Test
  void aChangeRaisesTheSerialAndSetsTheTimeOnly() throws IOException {
    Map<String, String> fresh = new LinkedHashMap<>(LOCKS);
    fresh.put("requirements.lock", "b==2 \\\n    --hash=sha256:cc\n");

    List<String> changes = lock.raised(home, 9, fresh, false).write();

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
    assertThat(lock.raised(home, 9, LOCKS, true).write()).containsExactly("serial 9 -> 10");
    assertThat(home.resolve("line.yaml")).content().contains("serial: 10 ");
    assertThat(Files.getLastModifiedTime(home.resolve("interpreter.lock"))).isEqualTo(BEFORE);
  }

  /** Serials may have gaps; two locks under one serial would be two releases of one number. */
  @Test
  void anInterruptionLeavesTheSerialRaisedAndNeverANewLockUnderTheOldOne() throws IOException {
    Map<String, String> fresh = new LinkedHashMap<>(LOCKS);
    fresh.put("requirements.lock", "b==2 \\\n    --hash=sha256:cc\n");
    LockFiles line = lock.raised(home, 9, fresh, false);
    Path image = Files.writeString(home.resolve("image.lock"), "c 1 pool/c 7 cc\n");
    LockFiles images = LockFiles.between(home, Map.of("image.lock", "c 2 pool/c 7 dd\n"));
    Path inTheWay = Files.createDirectory(home.resolve("requirements.lock.new"));

    assertThatThrownBy(
            () -> new LockSet(Map.of("2", line), Map.of("images", images)).write(IGNORED))
        .isInstanceOf(IOException.class);

    assertThat(home.resolve("line.yaml")).content().contains("serial: 10 ");
    assertThat(home.resolve("requirements.lock")).hasContent(LOCKS.get("requirements.lock"));
    assertThat(image).content().startsWith("c 1 ");

    Files.delete(inTheWay);
    List<String> written = new ArrayList<>();
    new LockSet(Map.of("2", lock.raised(home, 10, fresh, false)), Map.of("images", images))
        .write((what, changes) -> written.add(what + changes));
    assertThat(written)
        .containsExactly(
            "line 2[requirements.lock: b 1 -> 2, serial 10 -> 11]", "images[image.lock: c 1 -> 2]");
    assertThat(image).content().startsWith("c 2 ");
  }
}
