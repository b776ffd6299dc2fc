package org.airflowappliance.it.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * AWS's signature (version 4) over a request in the form in which the server itself will see it, so
 * that odd targets are judged by their rights and not by their signature.
 */
final class Signature {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final Keys keys;
  private final String service;
  private final String time = TIME.format(Instant.now());

  /**
   * Of one request.
   *
   * @param service s3 or sts
   */
  Signature(Keys keys, String service) {
    this.keys = keys;
    this.service = service;
  }

  String time() {
    return time;
  }

  String scope() {
    return time.substring(0, 8) + "/us-east-1/" + service + "/aws4_request";
  }

  /** What stands in the header Authorization. */
  String header(String method, String target, Map<String, String> headers, String digest) {
    Map<String, String> signed = lower(headers);
    return "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s"
        .formatted(
            keys.id(),
            scope(),
            String.join(";", signed.keySet()),
            of(method, target, signed, digest));
  }

  /** The target with a signature of its own, as it is given to others. */
  String presigned(String method, String target, String host) {
    String query =
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="
            + Percent.encoded(keys.id() + "/" + scope(), false)
            + "&X-Amz-Date="
            + time
            + "&X-Amz-Expires=60&X-Amz-SignedHeaders=host";
    String all = target + (target.contains("?") ? "&" : "?") + query;
    return all + "&X-Amz-Signature=" + of(method, all, Map.of("host", host), "UNSIGNED-PAYLOAD");
  }

  private String of(String method, String target, Map<String, String> headers, String digest) {
    String[] parts = target.split("\\?", 2);
    String request =
        String.join(
            "\n",
            method,
            Percent.encoded(Percent.decoded(parts[0]), true),
            parts.length == 1 ? "" : query(parts[1]),
            headers.entrySet().stream()
                .map(each -> each.getKey() + ":" + each.getValue().strip() + "\n")
                .collect(Collectors.joining()),
            String.join(";", headers.keySet()),
            digest);
    return sign(
        String.join("\n", "AWS4-HMAC-SHA256", time, scope(), digest(request.getBytes(UTF_8))));
  }

  /** A text under the key of this day. */
  String sign(String text) {
    byte[] key = ("AWS4" + keys.secret()).getBytes(UTF_8);
    for (String part : scope().split("/")) {
      key = mac(key, part);
    }
    return HexFormat.of().formatHex(mac(key, text));
  }

  private static String query(String raw) {
    List<String[]> all = new ArrayList<>();
    for (String each : raw.split("&")) {
      String[] pair = (each + (each.contains("=") ? "" : "=")).split("=", 2);
      all.add(new String[] {Percent.decoded(pair[0]), Percent.decoded(pair[1])});
    }
    all.sort(Comparator.comparing(pair -> pair[0]));
    return all.stream()
        .map(each -> Percent.encoded(each[0], false) + "=" + Percent.encoded(each[1], false))
        .collect(Collectors.joining("&"));
  }

  private static Map<String, String> lower(Map<String, String> headers) {
    Map<String, String> lower = new TreeMap<>();
    headers.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
    return lower;
  }

  static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException problem) {
      throw new IllegalStateException("every Java has SHA-256", problem);
    }
  }

  private static byte[] mac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(UTF_8));
    } catch (GeneralSecurityException problem) {
      throw new IllegalStateException("every Java has HMAC", problem);
    }
  }
}
