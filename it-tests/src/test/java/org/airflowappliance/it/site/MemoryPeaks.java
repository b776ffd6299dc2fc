package org.airflowappliance.it.site;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.MemoryStatsConfig;
import com.github.dockerjava.api.model.Statistics;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Asks every few seconds how much memory the run's containers have, as {@code docker stats} counts
 * it: without the page cache that the kernel may take back.
 */
final class MemoryPeaks implements AutoCloseable {
  private static final long PAUSE_SECONDS = 10;

  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private final SiteNetwork network;
  private final AtomicInteger problems = new AtomicInteger();
  private final Map<String, Long> peaks = new ConcurrentHashMap<>();

  MemoryPeaks(SiteNetwork network) {
    this.network = network;
    thread.scheduleWithFixedDelay(this::look, PAUSE_SECONDS, PAUSE_SECONDS, TimeUnit.SECONDS);
  }

  private void look() {
    try {
      for (Container each :
          Docker.client().listContainersCmd().withLabelFilter(Owned.label()).exec()) {
        look(each);
      }
    } catch (RuntimeException trouble) {
      // an executor would end in silence; the next look may succeed, and the report says how many
      // did
      problems.incrementAndGet();
    }
  }

  private void look(Container container) {
    try (ResultCallback.Adapter<Statistics> answer = new Recorder(name(container))) {
      Docker.client().statsCmd(container.getId()).withNoStream(true).exec(answer);
      answer.awaitCompletion(PAUSE_SECONDS, TimeUnit.SECONDS);
    } catch (IOException | DockerException gone) {
      // a container that ended between the list and this line has no memory any more
      problems.incrementAndGet();
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Its image and the last number of its address on the site's network; nothing before it joined.
   */
  private String name(Container container) {
    String image = container.getImage().replaceFirst(".*/", "").replaceFirst(":.*", "");
    return container.getNetworkSettings().getNetworks().values().stream()
        .map(ContainerNetwork::getIpAddress)
        .filter(each -> each != null && each.startsWith(network.prefix()))
        .map(each -> image + " " + each.substring(each.lastIndexOf('.')))
        .findFirst()
        .orElse("");
  }

  private final class Recorder extends ResultCallback.Adapter<Statistics> {
    private final String name;

    Recorder(String name) {
      this.name = name;
    }

    @Override
    public void onNext(Statistics seen) {
      MemoryStatsConfig memory = seen.getMemoryStats();
      if (name.isEmpty() || memory == null || memory.getUsage() == null) {
        return;
      }
      Long cache = memory.getStats() == null ? null : memory.getStats().getTotalInactiveFile();
      if (cache == null && memory.getStats() != null) {
        cache = memory.getStats().getInactiveFile();
      }
      peaks.merge(name, memory.getUsage() - (cache == null ? 0 : cache), Math::max);
    }
  }

  /** The most memory in bytes that each part was seen with. */
  Map<String, Long> peaks() {
    return new TreeMap<>(peaks);
  }

  /** How many looks failed. */
  int problems() {
    return problems.get();
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
