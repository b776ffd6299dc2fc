package org.airflowappliance.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.airflowappliance.bucket.StoreKeys;
import org.airflowappliance.cluster.Cluster;
import org.airflowappliance.cluster.Problem;
import org.airflowappliance.cluster.SecretsFile;
import org.airflowappliance.cluster.Tenant;
import org.airflowappliance.cluster.TenantKeys;

/** S3 keys as the operator's files give them. */
final class KeyFiles {
  private static final String ID = "S3_ACCESS_KEY_ID";
  private static final String SECRET = "S3_SECRET_ACCESS_KEY";

  private KeyFiles() {}

  /**
   * The values of a secrets file, of which some keys are as `secrets check` wants them; others may
   * still be empty.
   */
  static Map<String, String> values(Path secrets, List<String> keys) {
    SecretsFile file = SecretsFile.read(secrets);
    List<String> problems =
        file.problems().stream()
            .filter(problem -> keys.contains(problem.path()))
            .map(Problem::toString)
            .toList();
    if (!problems.isEmpty()) {
      throw new UserError(problems);
    }
    return file.values();
  }

  /** The nodes' pair. */
  static StoreKeys nodes(Path secrets) {
    Map<String, String> values = values(secrets, List.of(ID, SECRET));
    return new StoreKeys(secrets + " " + ID, values.get(ID), values.get(SECRET));
  }

  /**
   * The tenants' keys, complete.
   *
   * @param file that names the tenants
   * @param tenants null when the option was not given
   */
  static TenantKeys tenants(Cluster cluster, Path file, Path tenants) {
    if (tenants == null && !cluster.tenants().isEmpty()) {
      throw new UserError(
          "%s tenants: names %s, but --tenants names no file with their keys; run: appliance secrets tenants tenants.env %s"
              .formatted(
                  file,
                  cluster.tenants().stream().map(Tenant::name).collect(Collectors.joining(", ")),
                  file));
    }
    TenantKeys keys =
        tenants == null
            ? TenantKeys.parse("", "", List.of())
            : TenantKeys.read(tenants, cluster.tenants());
    List<String> complaints = keys.complaints(file.toString());
    if (!complaints.isEmpty()) {
      throw new UserError(complaints);
    }
    return keys;
  }
}
