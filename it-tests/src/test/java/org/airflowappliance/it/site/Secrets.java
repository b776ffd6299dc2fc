package org.airflowappliance.it.site;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A site's secrets, random in every run.
 *
 * @param values by the keys of secrets.env
 */
public record Secrets(Map<String, String> values) {
  /** Random values, with characters in the passwords that URLs and shells take for their own. */
  static Secrets random() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("DATABASE_PASSWORD", "p%40:/@#" + hex(12));
    values.put("FERNET_KEY", Base64.getUrlEncoder().encodeToString(bytes(32)));
    values.put("WEBSERVER_SECRET_KEY", hex(32));
    values.put("S3_ACCESS_KEY_ID", "key" + hex(8));
    values.put("S3_SECRET_ACCESS_KEY", "s+/=" + hex(16));
    values.put("OIDC_CLIENT_SECRET", hex(16));
    values.put("KUBERNETES_TOKEN", hex(24));
    return new Secrets(values);
  }

  /** One value. */
  public String get(String key) {
    return values.get(key);
  }

  /** The file that an operator places. */
  public String file() {
    return values.entrySet().stream()
        .map(each -> each.getKey() + "='" + each.getValue() + "'\n")
        .collect(Collectors.joining());
  }

  private static String hex(int length) {
    return HexFormat.of().formatHex(bytes(length));
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }
}
