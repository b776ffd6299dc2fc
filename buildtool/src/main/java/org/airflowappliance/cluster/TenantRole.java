package org.airflowappliance.cluster;

import java.util.Locale;

/** What a pair of S3 keys of a tenant is for. */
public enum TenantRole {
  /** Whoever puts the team's DAGs into the bucket. */
  PUBLISH,
  /** Its task pods. */
  PODS;

  /** How people and files call it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The line of the tenants' file with the access key. */
  public String accessKeyId(String tenant) {
    return line(tenant, "ACCESS_KEY_ID");
  }

  /** The line of the tenants' file with the secret key. */
  public String secretAccessKey(String tenant) {
    return line(tenant, "SECRET_ACCESS_KEY");
  }

  private String line(String tenant, String key) {
    return "%s_%s_%s".formatted(tenant.toUpperCase(Locale.ROOT).replace('-', '_'), name(), key);
  }
}
