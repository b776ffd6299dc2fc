package org.airflowappliance.it.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.airflowappliance.it.store.TwoTenants.FOREIGN;
import static org.assertj.core.api.Assertions.assertThat;

import io.minio.admin.Crypto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.airflowappliance.cluster.TenantRole;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Each pair of keys can do what it is for, and nothing to another tenant, at a real MinIO. */
@Order(6)
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("what tenants may")
final class TenantBucketIT {
  private static final Pattern FILE = Pattern.compile("<Key>([^<]*)</Key>.*?<ETag>([^<]*)</ETag>");
  private static final Pattern NAMES =
      Pattern.compile("<(Key|Prefix)>(dags/(sci-two|common)|private|logs/(sci-two|other))");

  @TempDir Path folder;
  private TwoTenants site;

  @BeforeEach
  void start() throws IOException {
    site = new TwoTenants(folder);
    site.files();
  }

  @AfterEach
  void stop() {
    site.close();
  }

  @Test
  void eachKeyDoesWhatItIsForAndNothingElse() throws IOException {
    Map<String, String> before = othersFiles();
    Map<String, Keys> everybody =
        Map.of(
            "publish", site.keys("sci", TenantRole.PUBLISH),
            "pods", site.keys("sci", TenantRole.PODS),
            "nodes", site.nodes());
    List<String> table = new ArrayList<>();
    List<String> wrong = new ArrayList<>();

    for (Probe probe : Probe.read(Path.of("tenant-bucket.txt"))) {
      String seen = seen(probe, probe.at(site.store(), everybody.get(probe.who())));
      table.add(probe.row(seen));
      if (!seen.equals(probe.expected())) {
        wrong.add(probe.row(seen));
      }
    }

    Files.write(Path.of("target/tenant-bucket.md"), table);
    assertThat(wrong).isEmpty();
    assertThat(table).hasSizeGreaterThan(150);
    assertThat(othersFiles()).as("nothing of others has changed").isEqualTo(before).hasSize(8);
  }

  /** The status; LEAK where a list for the tenant has anything of another. */
  private static String seen(Probe probe, RawStore.Answer answer) {
    boolean others = !probe.who().equals("nodes");
    assertThat(others && answer.body().contains(FOREIGN)).as(probe + ": content").isFalse();
    boolean leak = others && probe.act().equals("GET") && NAMES.matcher(answer.body()).find();
    return answer.seen() + (leak && answer.status() == 200 ? " LEAK" : "");
  }

  /** Keys and digests of all objects but those below the prefixes that may change. */
  private Map<String, String> othersFiles() throws IOException {
    Map<String, String> files = new TreeMap<>();
    Matcher object = FILE.matcher(site.as(site.root(), "GET", "/airflow?list-type=2").body());
    while (object.find()) {
      files.put(object.group(1), object.group(2));
    }
    files.keySet().removeIf(key -> key.matches("dags/sci/.*|logs/(sci__|other/).*"));
    return files;
  }

  @Test
  void noKeyMakesFurtherOnesThatLast() throws IOException, InvalidCipherTextException {
    Keys publish = site.keys("sci", TenantRole.PUBLISH);
    assertThat(administer(publish, "add-service-account", "accessKey", "more"))
        .isEqualTo("403 AccessDenied");
    assertThat(administer(publish, "add-user?accessKey=" + publish.id(), "status", "enabled"))
        .as("its own secret")
        .isEqualTo("403 AccessDenied");

    Keys derived = site.derived(publish);

    assertThat(site.as(derived, "GET", "/airflow/dags/sci/a.py").seen()).isEqualTo("200");
    for (String target :
        List.of("/airflow/dags/sci-two/secret.py", "/airflow?list-type=2", "/airflow/private/z")) {
      assertThat(site.as(derived, "GET", target).seen()).as(target).isEqualTo("403 AccessDenied");
    }
    String text = Files.readString(site.keys());
    Files.writeString(site.keys(), text.replace(publish.secret(), "another-secret"));
    assertThat(site.apply())
        .contains("~ user of homelab.airflow.sci.publish: its secret is another one now");
    assertThat(site.as(derived, "GET", "/airflow/dags/sci/a.py").status()).isEqualTo(403);
    assertThat(site.as(publish, "GET", "/airflow/dags/sci/a.py").status()).isEqualTo(403);
    Keys now = site.keys("sci", TenantRole.PUBLISH);
    assertThat(site.as(now, "GET", "/airflow/dags/sci/a.py").seen()).isEqualTo("200");
  }

  /** What the admin API answers to this key. */
  private String administer(Keys keys, String call, String name, String value)
      throws IOException, InvalidCipherTextException {
    String user = "{\"secretKey\":\"other-secret\",\"%s\":\"%s\"}".formatted(name, value);
    byte[] body = Crypto.encrypt(user.getBytes(UTF_8), keys.secret());
    return site.store().send(keys, "PUT", "/minio/admin/v3/" + call, Map.of(), body).seen();
  }

  @Test
  void olderVersionsStay() throws IOException {
    byte[] on =
        "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
            .getBytes(UTF_8);
    assertThat(site.store().send(site.root(), "PUT", "/airflow?versioning=", Map.of(), on).status())
        .isEqualTo(200);
    site.files();
    Keys publish = site.keys("sci", TenantRole.PUBLISH);
    String own = version("dags/sci/a.py");
    String other = version("dags/sci-two/secret.py");

    assertThat(site.as(publish, "DELETE", "/airflow/dags/sci/a.py").status()).isEqualTo(204);
    assertThat(site.as(publish, "GET", "/airflow/dags/sci/a.py").seen()).isEqualTo("404 NoSuchKey");
    for (String method : List.of("GET", "HEAD", "DELETE")) {
      assertThat(site.as(publish, method, other).status()).as(method).isEqualTo(403);
    }
    assertThat(site.as(publish, "GET", own).seen()).isEqualTo("200");
    assertThat(site.as(publish, "DELETE", own).seen()).isEqualTo("403 AccessDenied");
    Probe byList =
        new Probe("publish", "ERASE", own.replace("/airflow/", ""), Map.of(), "200 AccessDenied");
    assertThat(byList.at(site.store(), publish).seen()).isEqualTo(byList.expected());
    assertThat(site.as(site.root(), "GET", own).body())
        .as("a team's mistake can be undone")
        .isEqualTo("own");
  }

  private String version(String key) throws IOException {
    String list = "/airflow?versions=&prefix=" + key;
    String version = site.as(site.root(), "GET", list).element("VersionId");
    return "/airflow/" + key + "?versionId=" + version;
  }
}
