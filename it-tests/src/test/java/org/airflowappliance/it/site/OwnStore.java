package org.airflowappliance.it.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.testcontainers.containers.MinIOContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/** A MinIO of one test, with a bucket to come, whose administrator is not the nodes. */
public final class OwnStore implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  /** Says yes only when files can be written; a server that lives may still refuse everything. */
  static final String READY = "/minio/health/cluster";

  private static final int PORT = 9000;
  private final String url;
  private final MinIOContainer container =
      new MinIOContainer(TestImage.MINIO.reference())
          .withLabels(Owned.label())
          .waitingFor(Wait.forHttp(READY).forPort(PORT));

  /** A server with nothing in it. */
  public OwnStore() {
    container.start();
    url = container.getS3URL();
  }

  /** The same on the site's network. */
  OwnStore(SiteNetwork network, String address) {
    container.start();
    network.join(container.getContainerId(), address);
    url = "http://" + address + ":" + PORT;
  }

  /** Its address for whoever was named: this machine, or the site's network and this machine. */
  public String url() {
    return url;
  }

  /** The administrator's access key. */
  public String administrator() {
    return container.getUserName();
  }

  /** The administrator's secret key. */
  public String password() {
    return container.getPassword();
  }

  /** A command of the tool with the administrator's keys in its environment. */
  public Program appliance(String... arguments) throws IOException {
    ProcessBuilder command = new ProcessBuilder(Appliance.command(List.of(arguments)));
    command.environment().put("MINIO_ROOT_USER", administrator());
    command.environment().put("MINIO_ROOT_PASSWORD", password());
    return Program.attempt(LIMIT, command);
  }

  /** The example cluster with this store and these tenants, each in a folder of its own name. */
  public Path clusterFile(Path file, String... tenants) throws IOException {
    StringBuilder text = new StringBuilder("tenants:").append(tenants.length == 0 ? " []" : "");
    for (String tenant : tenants) {
      text.append(
          "\n  - {name: %s, roles: {%1$s_user: User}, quota: {cpu: 4, memory: 8Gi, pods: 4}}"
              .formatted(tenant));
    }
    return Files.writeString(
        file,
        Appliance.run("init", "-")
            .out()
            .replace("http://192.168.11.4:9000", url())
            .replace("tenants: []", text));
  }

  @Override
  public void close() {
    container.stop();
  }
}
