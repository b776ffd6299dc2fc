package org.airflowappliance.it.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.airflowappliance.cluster.TenantRole;
import org.airflowappliance.it.site.OwnStore;
import org.airflowappliance.it.site.Program;

/**
 * A MinIO to which {@code appliance bucket apply} gave two tenants, of whose names one begins as
 * the other, and files of everybody.
 */
final class TwoTenants implements AutoCloseable {
  /** What stands in the files of others. */
  static final String FOREIGN = "what nobody else may read";

  private static final byte[] NOTHING = {};
  private static final List<String> OWN =
      List.of("dags/sci/a.py", "dags/sci/deep/b.py", "logs/sci__x/1.log");
  private static final List<String> OTHERS =
      List.of(
          "dags/sci-two/secret.py",
          "dags/common.py",
          "logs/sci-two__y/1.log",
          "logs/other/1.log",
          "private/z");

  private final OwnStore minio = new OwnStore();
  private final RawStore store = new RawStore(minio.url());
  private final Path folder;

  /** Everything the operator does, in this folder. */
  TwoTenants(Path folder) throws IOException {
    this.folder = folder;
    assertThat(as(root(), "PUT", "/airflow").status()).isEqualTo(200);
    Files.writeString(
        secrets(), "S3_ACCESS_KEY_ID=nodes-key\nS3_SECRET_ACCESS_KEY='nodes+/=secret'\n");
    tenants("sci", "sci-two");
    apply();
  }

  Path secrets() {
    return folder.resolve("secrets.env");
  }

  Path keys() {
    return folder.resolve("tenants.env");
  }

  Path cluster() {
    return folder.resolve("cluster.yaml");
  }

  RawStore store() {
    return store;
  }

  OwnStore minio() {
    return minio;
  }

  /** The administrator. */
  Keys root() {
    return new Keys(minio.administrator(), minio.password());
  }

  Keys nodes() {
    return new Keys("nodes-key", "nodes+/=secret");
  }

  Keys keys(String tenant, TenantRole role) throws IOException {
    Map<String, String> lines = new TreeMap<>();
    for (String line : Files.readAllLines(keys())) {
      if (line.contains("=")) {
        lines.put(line.split("=", 2)[0], line.split("=", 2)[1]);
      }
    }
    return new Keys(lines.get(role.accessKeyId(tenant)), lines.get(role.secretAccessKey(tenant)));
  }

  /** Keys for an hour, which MinIO gives to every user. */
  Keys derived(Keys keys) throws IOException {
    Map<String, String> form = Map.of("Content-Type", "application/x-www-form-urlencoded");
    byte[] body = "Action=AssumeRole&Version=2011-06-15&DurationSeconds=3600".getBytes(UTF_8);
    RawStore.Answer given = store.send(keys, "sts", "POST", "/", form, body);
    assertThat(given.status()).as(given.body()).isEqualTo(200);
    return new Keys(
        given.element("AccessKeyId"),
        given.element("SecretAccessKey"),
        given.element("SessionToken"));
  }

  /** A request without a body. */
  RawStore.Answer as(Keys keys, String method, String target) throws IOException {
    return store.send(keys, method, target, Map.of(), NOTHING);
  }

  /** Writes the cluster file with these tenants, and gives those keys that have none. */
  void tenants(String... names) throws IOException {
    minio.clusterFile(cluster(), names);
    done("secrets", "tenants", keys().toString(), cluster().toString());
  }

  /** What a command says that has to succeed. */
  List<String> done(String... arguments) throws IOException {
    Program ran = minio.appliance(arguments);
    assertThat(ran.code()).as(ran.err()).isZero();
    return ran.out().lines().toList();
  }

  List<String> apply(String... more) throws IOException {
    return done(Stream.concat(Stream.of(arguments()), Stream.of(more)).toArray(String[]::new));
  }

  /** The command itself. */
  String[] arguments() {
    List<String> all = new ArrayList<>(List.of("bucket", "apply", cluster().toString()));
    all.addAll(List.of("--secrets", secrets().toString(), "--tenants", keys().toString()));
    return all.toArray(String[]::new);
  }

  /** Everybody's files. */
  void files() throws IOException {
    for (String each : OWN) {
      put(each, "own");
    }
    for (String each : OTHERS) {
      put(each, FOREIGN);
    }
  }

  private void put(String key, String text) throws IOException {
    RawStore.Answer answer =
        store.send(root(), "PUT", "/airflow/" + key, Map.of(), text.getBytes(UTF_8));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  @Override
  public void close() {
    minio.close();
  }
}
