package org.airflowappliance.it.site;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The label by which a run knows its own containers and networks, and what runs left behind that
 * were killed.
 */
final class Owned {
  private static final String LABEL = "org.airflowappliance.it";
  private static final int START_TIME = 19;
  private static final Duration REMOVAL = Duration.ofMinutes(1);

  private Owned() {}

  /** Process and its start, since a number alone comes again. */
  static Map<String, String> label() {
    long self = ProcessHandle.current().pid();
    return Map.of(LABEL, self + "-" + start(self).orElseThrow());
  }

  /**
   * When a process started, in the kernel's own ticks since boot: as a time of day it would differ
   * from one reader to the next.
   */
  private static Optional<String> start(long process) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(process), "stat"));
      // the program's name, in brackets, may hold anything
      return Optional.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[START_TIME]);
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  /** Removes what belongs to runs that no longer live; other runs on this machine stay. */
  static synchronized void removeLeftovers(DockerClient docker) {
    List<Container> containers =
        docker.listContainersCmd().withShowAll(true).withLabelFilter(List.of(LABEL)).exec();
    for (Container each : containers) {
      if (isLeftover(each.getLabels())) {
        remove(docker, each.getId());
      }
    }
    for (Network each : docker.listNetworksCmd().exec()) {
      if (each.getLabels() != null && isLeftover(each.getLabels())) {
        remove(docker, each);
      }
    }
  }

  private static void remove(DockerClient docker, Network network) {
    try {
      docker.removeNetworkCmd(network.getId()).exec();
    } catch (NotFoundException gone) {
      // as a container
    }
  }

  private static void remove(DockerClient docker, String container) {
    Waiting.until(
        "the leftover " + container + " is gone",
        REMOVAL,
        () -> isGone(docker, container),
        Boolean::booleanValue,
        () -> "remove it by hand: docker rm --force --volumes " + container);
  }

  private static boolean isGone(DockerClient docker, String container) {
    try {
      docker.removeContainerCmd(container).withForce(true).withRemoveVolumes(true).exec();
      return true;
    } catch (NotFoundException gone) {
      // another run removed it between the list and this line
      return true;
    } catch (ConflictException underWay) {
      // another run is removing it
      return false;
    }
  }

  private static boolean isLeftover(Map<String, String> labels) {
    String run = labels.get(LABEL);
    if (run == null) {
      return false;
    }
    int dash = run.indexOf('-');
    return !start(Long.parseLong(run.substring(0, dash)))
        .equals(Optional.of(run.substring(dash + 1)));
  }
}
