package org.airflowappliance.it.site;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.MemoryStatsConfig;
import com.github.dockerjava.api.model.Statistics;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Looks every few seconds how much memory the run's containers have, as {@code docker stats} counts
 * it: without the page cache that the kernel may take back.
 */
final class MemoryPeaks implements AutoCloseable {
  private static final long PAUSE_SECONDS = 10;

  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private final Report report;

  MemoryPeaks(Report report) {
    this.report = report;
    thread.scheduleWithFixedDelay(this::look, PAUSE_SECONDS, PAUSE_SECONDS, TimeUnit.SECONDS);
  }

  private void look() {
    Map<String, String> own = Owned.label();
    List<Container> containers = Docker.client().listContainersCmd().withLabelFilter(own).exec();
    for (Container each : containers) {
      try (ResultCallback.Adapter<Statistics> answer = new Recorder(name(each))) {
        Docker.client().statsCmd(each.getId()).withNoStream(true).exec(answer);
        answer.awaitCompletion(PAUSE_SECONDS, TimeUnit.SECONDS);
      } catch (IOException | DockerException gone) {
        // a container that ended between the list and this line has no memory any more
      } catch (InterruptedException closing) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Its place in the site: what the image is called, and the host's name for machines. */
  private static String name(Container container) {
    String image = container.getImage().replaceFirst(".*/", "").replaceFirst(":.*", "");
    String address =
        container.getNetworkSettings().getNetworks().values().stream()
            .map(each -> each.getIpAddress())
            .filter(each -> each != null && each.startsWith("10.231."))
            .findFirst()
            .orElse("");
    return image + " ." + address.substring(address.lastIndexOf('.') + 1);
  }

  private final class Recorder extends ResultCallback.Adapter<Statistics> {
    private final String name;

    Recorder(String name) {
      this.name = name;
    }

    @Override
    public void onNext(Statistics seen) {
      MemoryStatsConfig memory = seen.getMemoryStats();
      if (memory == null || memory.getUsage() == null) {
        return;
      }
      Long cache = memory.getStats() == null ? null : memory.getStats().getTotalInactiveFile();
      if (cache == null && memory.getStats() != null) {
        cache = memory.getStats().getInactiveFile();
      }
      report.memory(name, memory.getUsage() - (cache == null ? 0 : cache));
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
