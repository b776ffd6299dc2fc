package org.airflowappliance.it.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.airflowappliance.it.site.Airflow;

/**
 * One thing that a member of a team asks for.
 *
 * @param kind how it is judged, as the table of probes says
 * @param method of HTTP, or FORM and JSON for what is sent as such
 * @param path with its query
 * @param body empty where there is none
 */
record TenantProbe(String kind, String method, String path, String body) {
  private static final String TABLE = "/tenant-probes.txt";

  /** The whole table. */
  static List<TenantProbe> all() throws IOException {
    try (InputStream stream = TenantProbe.class.getResourceAsStream(TABLE)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" ", 4))
          .map(
              words ->
                  new TenantProbe(words[0], words[1], words[2], words.length > 3 ? words[3] : ""))
          .toList();
    }
  }

  /** Whether it would change something. */
  boolean isWrite() {
    return kind.equals("form") || kind.equals("json");
  }

  /** With the names of what it asks for. */
  TenantProbe about(Map<String, String> names) {
    String asked = path;
    String sent = body;
    for (Map.Entry<String, String> each : names.entrySet()) {
      asked = asked.replace("{" + each.getKey() + "}", Airflow.word(each.getValue()));
      asked = asked.replace("{" + each.getKey() + "%}", encoded(each.getValue()));
      String value = method.equals("FORM") ? Airflow.word(each.getValue()) : each.getValue();
      sent = sent.replace("{" + each.getKey() + "}", value);
    }
    return new TenantProbe(kind, method, asked, sent);
  }

  private static String encoded(String value) {
    return value
        .chars()
        .mapToObj(character -> "%%%02X".formatted(character))
        .collect(Collectors.joining());
  }

  /** Asks once; a redirect is not followed. */
  HttpResponse<String> ask(Airflow airflow) {
    return switch (method) {
      case "GET" -> airflow.look(path);
      case "FORM" -> airflow.form(path, body);
      case "JSON" -> airflow.json("POST", path, body);
      default -> airflow.json(method, path, body);
    };
  }

  @Override
  public String toString() {
    return (kind + " " + method + " " + path + " " + body).strip();
  }
}
