package org.airflowappliance.it.site;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Image;
import com.github.dockerjava.api.model.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The label by which a run knows its own containers and networks, the name by which it knows images
 * that it loaded, and what runs left behind that were killed.
 */
final class Owned {
  private static final String LABEL = "org.airflowappliance.it";
  private static final String IMAGES = "airflow-appliance-it-run";
  private static final int DIGITS = 12;
  private static final int START_TIME = 19;
  private static final Duration REMOVAL = Duration.ofMinutes(1);

  private Owned() {}

  /** Process and its start, since a number alone comes again. */
  static Map<String, String> label() {
    return Map.of(LABEL, owner());
  }

  private static String owner() {
    long self = ProcessHandle.current().pid();
    return self + "-" + start(self).orElseThrow();
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
    docker.listImagesCmd().withReferenceFilter(IMAGES).exec().forEach(each -> remove(docker, each));
  }

  /** Images carry labels of their own only, so a loaded one is known by a name. */
  static void mark(DockerClient docker, String image) {
    docker
        .tagImageCmd(image, IMAGES, owner() + "-" + image.substring(image.length() - DIGITS))
        .exec();
  }

  private static void remove(DockerClient docker, Image image) {
    List<String> names =
        Arrays.stream(image.getRepoTags()).filter(each -> each.startsWith(IMAGES + ":")).toList();
    List<String> leftovers =
        names.stream().filter(each -> isLeftover(each.substring(IMAGES.length() + 1))).toList();
    if (leftovers.isEmpty()) {
      return;
    }
    // under the name of the release it would stay, but another run may have it, too
    boolean whole = leftovers.size() == names.size();
    for (String each : whole ? List.of(image.getId()) : leftovers) {
      try {
        docker.removeImageCmd(each).withForce(true).exec();
      } catch (NotFoundException | ConflictException othersToo) {
        // another run removed it, or has a container of it
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
    String owner = labels.get(LABEL);
    return owner != null && isLeftover(owner);
  }

  /** By process and start, and what may follow them. */
  private static boolean isLeftover(String owner) {
    String[] run = owner.split("-");
    return !start(Long.parseLong(run[0])).equals(Optional.of(run[1]));
  }
}
