package org.airflowappliance.kickstart;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.airflowappliance.cluster.Cluster;

/**
 * Where a node gets Rocky Linux and EPEL from: the site's mirrors, else the distributions' own
 * lists.
 *
 * @param parts the texts for either
 * @param provisioning names the mirrors
 */
record Sources(Parts parts, Cluster.Provisioning provisioning) {
  /** Repositories of the installation. */
  String duringInstallation() {
    return Parts.lines(
        List.of(
            during("rocky", provisioning.rockyMirror()),
            during("epel", provisioning.epelMirror())));
  }

  private String during(String distribution, Optional<URI> mirror) {
    return mirror
        .map(url -> parts.piece("parts/" + distribution + "-mirror.ks", hole(url)))
        .orElseGet(() -> parts.piece("parts/" + distribution + "-list.ks", Map.of()));
  }

  /** Commands that make the new system use the mirrors; none where there are none. */
  String afterwards() {
    List<String> commands = new ArrayList<>();
    provisioning
        .rockyMirror()
        .ifPresent(url -> commands.add(parts.piece("parts/rocky-mirror.sh", hole(url))));
    provisioning
        .epelMirror()
        .ifPresent(url -> commands.add(parts.piece("parts/epel-mirror.sh", hole(url))));
    return Parts.lines(commands);
  }

  private static Map<String, String> hole(URI mirror) {
    return Map.of("mirror", mirror.toString());
  }
}
