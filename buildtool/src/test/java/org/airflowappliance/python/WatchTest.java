package org.airflowappliance.python;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchTest {
  @TempDir Path folder;

  @Test
  void countsUntilItEnds() throws Exception {
    BlockingQueue<Long> counts = new LinkedBlockingQueue<>();
    Watch watch = new Watch(folder, 3, ".pyc", counts::add);
    try {
      Files.createDirectories(folder.resolve("a/__pycache__"));
      for (String each : List.of("a.py", "a/__pycache__/b.pyc", "a/__pycache__/c.pyc")) {
        Files.writeString(folder.resolve(each), "");
      }
      long seen = 0;
      while (seen < 2) {
        Long count = counts.poll(30, TimeUnit.SECONDS);
        assertThat(count).as("counted within 30 s").isNotNull();
        seen = count;
      }
    } finally {
      watch.end();
    }
    counts.clear();
    Thread.sleep(700);
    assertThat(counts).as("counted after its end").isEmpty();
  }

  @Test
  void looksNoDeeperThanItIsTold() throws IOException {
    Files.createDirectories(folder.resolve("a-1.dist-info/licenses/b.dist-info"));

    assertThat(Watch.count(folder, 1, ".dist-info")).isEqualTo(1);
    assertThat(Watch.count(folder, 9, ".dist-info")).isEqualTo(2);
    assertThat(Watch.count(folder.resolve("none"), 9, "")).isZero();
  }
}
