package org.airflowappliance.it.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.airflowappliance.it.site.Appliance;
import org.airflowappliance.it.site.Folders;
import org.airflowappliance.it.site.Program;
import org.airflowappliance.it.site.Site;
import org.airflowappliance.it.site.SiteExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Promise: what others verify images with takes the release's signatures, and its provenance, with
 * nothing but the key: no transparency log, no network besides the registry.
 */
@Tag("artifact")
// after the tests that need no image of a server
@Order(Integer.MAX_VALUE)
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(SiteExtension.class)
final class CosignIT {
  /** It has hundreds of modules; from an empty cache they are all compiled. */
  private static final Duration BUILD = Duration.ofMinutes(30);

  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static Path cosign;

  @TempDir Path folder;
  private Path release;
  private Path key;
  private String registry;

  @BeforeEach
  void published(Site site) throws IOException {
    cosign = program();
    release = site.release(1);
    registry = site.registry().address() + "/signed";
    key = pem(Folders.cache().resolve("keys/development.asc"));
    Appliance.run("publish", release.toString(), "--registry", registry);
  }

  private static synchronized Path program() throws IOException {
    if (cosign == null) {
      cosign =
          Path.of(
              Program.run(
                      BUILD,
                      Folders.itTests().resolve("go-program").toString(),
                      "github.com/sigstore/cosign/v2/cmd/cosign",
                      "v2.6.5")
                  .out()
                  .strip());
    }
    return cosign;
  }

  private Path pem(Path secret) throws IOException {
    String text = Appliance.run("key", "export", "--pem", secret.toString()).out();
    return Files.writeString(folder.resolve(secret.getFileName() + ".pem"), text);
  }

  private Program cosign(String verb, Path key, String... more) throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of(
                cosign.toString(), verb, "--key", key.toString(), "--insecure-ignore-tlog=true"));
    words.addAll(List.of(more));
    ProcessBuilder process = new ProcessBuilder(words);
    // whoever it asks besides the registry is not there
    process.environment().put("HTTPS_PROXY", "http://127.0.0.1:9");
    process.environment().put("HTTP_PROXY", "http://127.0.0.1:9");
    process.environment().put("NO_PROXY", "127.0.0.1");
    return Program.attempt(LIMIT, process);
  }

  private String image(String name) throws IOException {
    String digest = Files.readString(release.resolve("images/" + name + ".digest")).strip();
    return registry + "/" + name + "@" + digest;
  }

  @Test
  void everyImageIsSigned() throws IOException {
    for (String name : List.of("airflow-worker", "s3fs")) {
      Program ran = cosign("verify", key, "--allow-http-registry", image(name));
      assertThat(ran.code()).as(ran.err()).isZero();
      assertThat(ran.out()).contains(image(name).substring(image(name).indexOf('@') + 1));
    }
    Path secret = folder.resolve("another.asc");
    Appliance.run("key", "generate", secret.toString());
    Program another = cosign("verify", pem(secret), "--allow-http-registry", image("s3fs"));
    assertThat(another.code()).isNotZero();
    assertThat(another.err()).contains("no matching signatures");
  }

  @Test
  void theProvenanceSpeaksOfEveryPackage() throws IOException {
    List<Path> packages;
    try (Stream<Path> files = Files.list(release.resolve("rpm"))) {
      packages = files.filter(each -> each.toString().endsWith(".rpm")).toList();
    }
    assertThat(packages).hasSize(5);
    for (Path each : packages) {
      assertThat(provenance(each).code()).as(each.toString()).isZero();
    }
    Path other = Files.writeString(folder.resolve("other.rpm"), "another package");
    assertThat(provenance(other).err()).contains("no matching subject digest found");
  }

  private Program provenance(Path of) throws IOException {
    return cosign(
        "verify-blob-attestation",
        key,
        "--type",
        "slsaprovenance1",
        "--signature",
        release.resolve("provenance.json").toString(),
        of.toString());
  }
}
