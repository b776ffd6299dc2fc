package org.airflowappliance.it.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.airflowappliance.it.site.Folders;
import org.airflowappliance.it.site.OwnStore;
import org.airflowappliance.it.site.Program;
import org.airflowappliance.it.site.PublishedBucket;
import org.airflowappliance.it.site.Site;
import org.airflowappliance.it.site.SiteExtension;
import org.airflowappliance.provenance.Envelope;
import org.airflowappliance.publish.Place;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Promise: {@code ./release} publishes what is committed, tested and signed, or nothing. It runs in
 * a checkout of its own, made of this one's files.
 */
// after the tests that need no image of a server
@Tag("artifact")
@Order(Integer.MAX_VALUE)
@ExtendWith(SiteExtension.class)
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("checkout")
final class ReleaseScriptIT {
  private static final Duration LIMIT = Duration.ofMinutes(9);
  private static final String PLACE = "airflow";
  private static final List<String> KEY = List.of("--sign-key", "key.asc");

  @TempDir Path folder;
  private final OwnStore minio = new OwnStore();
  private final PublishedBucket bucket = new PublishedBucket(minio, "packages");
  private Path checkout;
  private Path desk;
  private String registry;

  @BeforeEach
  void clonedAndKeyed(Site site) throws IOException {
    registry = site.registry().address() + "/" + folder.getFileName().toString().toLowerCase();
    checkout = Files.createDirectories(folder.resolve("checkout"));
    desk = Files.createDirectories(folder.resolve("desk"));
    shell(
        Tool.ROOT,
        "git ls-files -z --cached --others --exclude-standard | xargs -0 cp -a --parents --target-directory="
            + checkout);
    git("init", "-q");
    commit("all");
    Path target = Files.createDirectories(checkout.resolve("buildtool/target"));
    // the tool as it is built already, newer than the copied sources
    shell(
        Tool.ROOT.resolve("buildtool/target"),
        "cp -r lib appliance.jar " + target + " && cp appliance.jsa " + target);
    Path development = Folders.cache().resolve("keys/development.asc");
    Tool.example(); // makes that key
    Files.copy(development, desk.resolve("key.asc"), StandardCopyOption.REPLACE_EXISTING);
    Program key = Tool.run(desk, Map.of(), "key", "export", "key.asc");
    Files.writeString(desk.resolve("key.pub"), key.out());
    clusterFile(1, PLACE);
  }

  @AfterEach
  void stop() {
    bucket.close();
    minio.close();
  }

  private void clusterFile(int number, String served) throws IOException {
    Files.writeString(
        desk.resolve("cluster.yaml"),
        Files.readString(Tool.ROOT.resolve("buildtool/examples/homelab.yaml"))
            .replaceFirst("(?m)^release: 1$", "release: " + number)
            .replaceFirst(
                "(?m)^  url: http://192.168.11.5/airflow", "  url: " + bucket.url(served)));
  }

  private void shell(Path where, String line) throws IOException {
    Program ran =
        Program.attempt(LIMIT, new ProcessBuilder("sh", "-c", line).directory(where.toFile()));
    assertThat(ran.code()).as(line + ": " + ran.err()).isZero();
  }

  private String git(String... words) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of("git", "-c", "user.name=tests", "-c", "user.email=tests@example.org"));
    command.addAll(Arrays.asList(words));
    Program ran = Program.attempt(LIMIT, new ProcessBuilder(command).directory(checkout.toFile()));
    assertThat(ran.code()).as(command + ": " + ran.err()).isZero();
    return ran.out();
  }

  private void commit(String message) throws IOException {
    git("add", "-A");
    git("commit", "-q", "-m", message);
  }

  private Program release(String... more) throws IOException {
    return release(checkout, Map.of(), Stream.concat(KEY.stream(), Stream.of(more)).toList());
  }

  private Program release(Path where, Map<String, String> environment, List<String> more)
      throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of(where.resolve("release").toString(), "cluster.yaml", "--key", "key.pub"));
    words.addAll(more);
    words.addAll(List.of("--", "--registry", registry));
    words.addAll(List.of(bucket.options(PLACE).split(" ")));
    ProcessBuilder process = new ProcessBuilder(words).directory(desk.toFile());
    process.environment().putAll(bucket.environment());
    process.environment().putAll(environment);
    return Program.attempt(LIMIT, process);
  }

  private List<String> published() throws IOException {
    try (Place there = bucket.place(PLACE)) {
      return there.names("");
    }
  }

  @Test
  void whatIsCommittedIsPublishedAndServed(Site site) throws IOException {
    // what lies around is not built, be it a definition
    Path around = Files.createDirectories(checkout.resolve("images/around"));
    Files.writeString(around.resolve("image.yaml"), "no image");
    Files.writeString(checkout.resolve("secrets.env"), "DATABASE_PASSWORD=");
    Program first = release("--tests", "none");
    assertThat(first.code()).as(first.out() + first.err()).isZero();
    assertThat(first.err()).endsWith("== released: " + bucket.url(PLACE) + "\n");
    String commit = git("rev-parse", "HEAD").strip();
    assertThat(provenance()).contains("{\"name\":\"source\",\"digest\":{\"gitCommit\":\"" + commit);
    assertThat(git("worktree", "list").lines()).as("nothing is left of it").hasSize(1);
    DnfRoot root = DnfRoot.create(folder.resolve("root"), Packages.stub(folder));
    root.withRepository(bucket.get(PLACE + "/rpm/airflow-homelab.repo"));
    Program listed = root.dnf("-q", "repoquery", "--qf", "%{NAME}-%{VERSION}-%{RELEASE}");
    assertThat(listed.out()).as(listed.err()).contains("airflow-cluster-homelab-1-1.el8\n");
    String image = registry.substring(registry.indexOf('/') + 1) + "/airflow-worker";
    assertThat(site.registry().digest(image, "2.2.5-1"))
        .isEqualTo(Files.readString(desk.resolve("dist/images/airflow-worker.digest")).strip());

    Files.delete(around.resolve("image.yaml"));
    Program older = release("--uncommitted", "--tests", "none", "--newer-than", "1");
    assertThat(older.code()).isEqualTo(1);
    assertThat(older.err()).contains("dist: is release 1, which is not newer than 1");
    clusterFile(2, PLACE);
    Program second =
        release(
            checkout,
            Map.of("APPLIANCE_SIGN_KEY", Files.readString(desk.resolve("key.asc"))),
            List.of("--uncommitted", "--tests", "none", "--newer-than", "1"));
    assertThat(second.code()).as(second.out() + second.err()).isZero();
    assertThat(provenance()).doesNotContain("gitCommit");
    assertThat(root.dnf("--refresh", "-q", "repoquery", "--qf", "%{NAME}-%{RELEASE}").out())
        .contains("airflow-cluster-homelab-2.el8\n");
    Program lacking =
        Tool.attempt(
            desk,
            Map.of(),
            List.of(),
            "verify",
            bucket.url(PLACE),
            "--key",
            "key.pub",
            "--registry",
            registry + "/elsewhere");
    assertThat(lacking.code()).isEqualTo(1);
    assertThat(lacking.err())
        .contains(registry + "/elsewhere/airflow-worker:2.2.5-1: is not sha256:");
  }

  private String provenance() throws IOException {
    return new String(
        Envelope.read(Files.readAllBytes(desk.resolve("dist/provenance.json"))).payload(),
        StandardCharsets.UTF_8);
  }

  @Test
  void whatIsServedAndNotWhatWasPublishedIsTold() throws IOException {
    clusterFile(1, "elsewhere");
    Program ran = release("--uncommitted", "--tests", "none");
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err())
        .contains("== verify what " + bucket.url("elsewhere") + " serves\n", "it is no release")
        .doesNotContain("== released");
  }

  @Test
  void whatIsNotCommittedIsNotReleased() throws IOException {
    Path changed = checkout.resolve("manifests/README.md");
    Files.writeString(changed, Files.readString(changed) + "more\n");
    Program dirty = release("--tests", "none");
    assertThat(dirty.code()).isEqualTo(1);
    assertThat(dirty.err())
        .contains("release: not committed:\n M manifests/README.md\n", "try with --uncommitted");

    Path in = checkout.resolve("rpm/lines/2.2.5/requirements.in");
    Files.writeString(in, Files.readString(in) + "# another\n");
    commit("a requirement without its lock");
    Program unlocked = release("--tests", "none");
    assertThat(unlocked.code()).isEqualTo(1);
    assertThat(unlocked.err())
        .contains(
            "requirements.in has changed since ",
            "requirements.lock was made; run ./appliance lock --line 2.2.5 and commit");

    Path shallow = folder.resolve("shallow");
    git("clone", "-q", "--depth", "1", "file://" + checkout, shallow.toString());
    Program unknown = release(shallow, Map.of(), KEY);
    assertThat(unknown.code()).isEqualTo(1);
    assertThat(unknown.err()).contains("is a shallow clone", "git fetch --unshallow");
    untouched();
  }

  @Test
  void whatFailsItsTestsOrIsSignedByAnotherIsNotReleased() throws IOException {
    Files.writeString(
        checkout.resolve("run-tests"),
        "#!/bin/sh\necho \"ran with '$*', key '$APPLIANCE_SIGN_KEY', '$APPLIANCE_SIGN_PASSPHRASE'\"\nexit 7\n");
    Map<String, String> secrets =
        Map.of("APPLIANCE_SIGN_KEY", "a key", "APPLIANCE_SIGN_PASSPHRASE", "its passphrase");
    Program failed = release(checkout, secrets, List.of("--uncommitted", "--tests", "quick"));
    assertThat(failed.code()).isEqualTo(7);
    assertThat(failed.out()).as("tests get no secret").contains("ran with '--quick', key '', ''\n");
    untouched();

    Tool.run(desk, Map.of(), "key", "generate", "another.asc");
    Program another = Tool.run(desk, Map.of(), "key", "export", "another.asc");
    Files.writeString(desk.resolve("key.pub"), another.out());
    Program foreign = release("--uncommitted", "--tests", "none");
    assertThat(foreign.code()).isEqualTo(1);
    assertThat(foreign.err()).contains("dist/SHA256SUMS: is signed by key ");
    assertThat(published()).isEmpty();
  }

  private void untouched() throws IOException {
    assertThat(desk.resolve("dist")).doesNotExist();
    assertThat(published()).isEmpty();
  }

  @Test
  void whoAsksWronglyIsToldHow() throws IOException {
    Program ran = release("--tests", "some");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err())
        .isEqualTo(
            "release: --tests takes all, quick, unit or none, not some; see ./release --help\n");
    untouched();
  }
}
