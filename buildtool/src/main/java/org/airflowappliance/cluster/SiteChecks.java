package org.airflowappliance.cluster;

import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/** Checks time zone, what the kickstart needs and image registry. */
final class SiteChecks {
  private SiteChecks() {}

  static void check(Part cluster) {
    timeZone(cluster.child("timeZone"));
    WebAddress.check(cluster.child("distribution").child("url"), WebAddress.Tail.ANY);
    Part provisioning = cluster.child("provisioning");
    WebAddress.check(provisioning.child("rockyMirror"), WebAddress.Tail.ANY);
    WebAddress.check(provisioning.child("epelMirror"), WebAddress.Tail.ANY);
    provisioning.child("ntpServers").items().forEach(ServiceChecks::host);
    for (Part key : provisioning.child("rootSshKeys").items()) {
      key.text().flatMap(SshKey::problem).ifPresent(key::problem);
    }
    ImageHost.check(cluster.child("images").child("registry"));
    ImageHost.check(cluster.child("images").child("base"));
  }

  private static void timeZone(Part zone) {
    Optional<String> name = zone.text();
    List<String> known =
        ZoneId.getAvailableZoneIds().stream().filter(id -> !id.startsWith("SystemV/")).toList();
    if (name.isPresent() && !known.contains(name.get())) {
      zone.problem(
          "%s is not a time zone; %s"
              .formatted(
                  Problems.quote(name.get()),
                  Nearest.to(name.get(), known)
                      .map("did you mean '%s'?"::formatted)
                      .orElse("write one of the tz database, such as Asia/Seoul or UTC")));
    }
  }
}
