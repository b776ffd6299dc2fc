package org.airflowappliance.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.airflowappliance.bucket.StoreKeys;
import org.airflowappliance.cluster.Cluster;
import org.airflowappliance.cluster.SecretsFile;
import org.airflowappliance.cluster.Tenant;
import org.airflowappliance.cluster.TenantKeys;

/** S3 keys as the operator's files give them. */
final class KeyFiles {
  private KeyFiles() {}

  /** The nodes' pair. */
  static StoreKeys nodes(Path secrets) {
    Map<String, String> values = SecretsFile.read(secrets).values();
    List<String> problems =
        List.of("S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY").stream()
            .filter(key -> values.getOrDefault(key, "").isEmpty())
            .map(key -> secrets + " " + key + ": is missing or empty; fill it in")
            .toList();
    if (!problems.isEmpty()) {
      throw new UserError(problems);
    }
    return new StoreKeys(
        secrets + " S3_ACCESS_KEY_ID",
        values.get("S3_ACCESS_KEY_ID"),
        values.get("S3_SECRET_ACCESS_KEY"));
  }

  /**
   * The tenants' keys, complete.
   *
   * @param file that names the tenants; null for the example
   * @param tenants null when the option was not given
   */
  static TenantKeys tenants(Cluster cluster, Path file, Path tenants) {
    String place = file == null ? "cluster.yaml" : file.toString();
    if (tenants == null && !cluster.tenants().isEmpty()) {
      throw new UserError(
          "%s tenants: names %s, but --tenants names no file with their keys; run: appliance secrets tenants tenants.env %s"
              .formatted(
                  place,
                  cluster.tenants().stream().map(Tenant::name).collect(Collectors.joining(", ")),
                  place));
    }
    TenantKeys keys =
        tenants == null
            ? TenantKeys.parse("", "", List.of())
            : TenantKeys.read(tenants, cluster.tenants());
    List<String> complaints = keys.complaints(place);
    if (!complaints.isEmpty()) {
      throw new UserError(complaints);
    }
    return keys;
  }
}
