package org.airflowappliance.manifest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.airflowappliance.cluster.Cluster;

/**
 * Airflow's connections as addresses; the nodes make the same ones ({@code derive.py}), and a test
 * compares them.
 */
final class Connections {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** As the nodes have it: either end notices in a minute that the other one is dead. */
  private static final String LIVENESS =
      "&keepalives_idle=20&keepalives_interval=10&keepalives_count=3&tcp_user_timeout=30000&options="
          + quoted(
              "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
                  + " -c tcp_user_timeout=25000");

  private Connections() {}

  /**
   * The metadata's. Without a driver in its scheme it is known as a connection's type too, and
   * SQLAlchemy's default driver is the one that Airflow uses.
   *
   * @param ca where the CA's file stands
   */
  static String database(Cluster.Database database, String password, Optional<String> ca) {
    String query =
        "sslmode="
            + quoted(database.sslmode())
            + ca.map(file -> "&sslrootcert=" + quoted(file)).orElse("")
            + LIVENESS;
    return "postgresql://"
        + quoted(database.user())
        + ":"
        + quoted(password)
        + "@"
        + database.host()
        + ":"
        + database.port()
        + "/"
        + quoted(database.name())
        + "?"
        + query;
  }

  /** The task logs'. */
  static String logs(Cluster.ObjectStore store, String accessKeyId, String secretAccessKey) {
    String style = store.pathStyle() ? "path" : "auto";
    Map<String, Object> extra = new LinkedHashMap<>();
    extra.put("host", store.endpoint().toString());
    extra.put("region_name", store.region());
    extra.put("config_kwargs", Map.of("s3", Map.of("addressing_style", style)));
    return "s3://"
        + quoted(accessKeyId)
        + ":"
        + quoted(secretAccessKey)
        + "@/?__extra__="
        + quoted(json(extra));
  }

  private static String json(Map<String, Object> value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException problem) {
      throw new IllegalStateException("maps of texts are always JSON", problem);
    }
  }

  /** Percent-encoding of all but the characters that no address gives a meaning. */
  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder();
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      char character = (char) (each & 0xff);
      if (Character.toString(character).matches("[A-Za-z0-9_.~-]")) {
        quoted.append(character);
      } else {
        quoted.append("%%%02X".formatted(each & 0xff));
      }
    }
    return quoted.toString();
  }
}
