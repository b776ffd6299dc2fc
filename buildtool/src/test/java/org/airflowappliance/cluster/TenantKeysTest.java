package org.airflowappliance.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The file with the tenants' S3 keys: made, added to, read, and what is wrong with it. */
class TenantKeysTest {
  private static final List<Tenant> SCI = List.of(tenant("sci"));
  private static final List<Tenant> TWO = List.of(tenant("sci"), tenant("sci-two"));
  private static final String GOOD =
      """
      SCI_PUBLISH_ACCESS_KEY_ID=publish
      SCI_PUBLISH_SECRET_ACCESS_KEY=publish-secret
      SCI_PODS_ACCESS_KEY_ID=pods
      SCI_PODS_SECRET_ACCESS_KEY="pods-secret"
      """;

  @TempDir Path folder;

  private static Tenant tenant(String name) {
    return new Tenant(
        name,
        Map.of(name, "User"),
        name,
        new Tenant.Quota("1", "1Gi", 1, Map.of()),
        1,
        1,
        new Cluster.Workers("1", "1Gi", "1", "1Gi", List.of()),
        Optional.empty(),
        List.of());
  }

  private static List<String> complaints(String text) {
    return TenantKeys.parse("tenants.env", text, SCI).complaints("cluster.yaml");
  }

  @Test
  void aCompleteFileHasNoProblem() {
    TenantKeys keys = TenantKeys.parse("tenants.env", "# x\n" + GOOD, SCI);

    assertThat(keys.complaints("cluster.yaml")).isEmpty();
    assertThat(keys.values()).containsEntry("SCI_PODS_SECRET_ACCESS_KEY", "pods-secret");
    assertThat(keys.toString()).doesNotContain("pods-secret");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          =publish-secret | =publish  | tenants.env:2:1 SCI_PUBLISH_SECRET_ACCESS_KEY: has 7 characters, fewer than 8; use a longer one
          =pods           | =publish  | tenants.env:3:1 SCI_PODS_ACCESS_KEY_ID: is the same as SCI_PUBLISH_ACCESS_KEY_ID; give each its own
          =pods           | =po:ds    | tenants.env:3:1 SCI_PODS_ACCESS_KEY_ID: holds a character that an access key cannot have; use letters and digits
          =pods           | =         | tenants.env:3:1 SCI_PODS_ACCESS_KEY_ID: is empty; fill it in, or remove the line and have it generated
          SCI_PODS_ACC    | SCI_POD_A | tenants.env:3:1 SCI_POD_AESS_KEY_ID: is not a key of this file; they are called TENANT_PUBLISH_ACCESS_KEY_ID and so on
          SCI_PODS_ACCESS_KEY_ID=pods | nonsense | tenants.env:3:1: is not KEY=VALUE; write one or begin the line with #
          """)
  void whatIsWrongIsToldWithoutTheValue(String good, String bad, String message) {
    assertThat(GOOD).contains(good);
    assertThat(complaints(GOOD.replace(good, bad)))
        .contains(message)
        .noneMatch(line -> line.contains("pods-secret"));
  }

  @Test
  void whatIsMissingIsNamedWithTheCommand() {
    assertThat(complaints(GOOD.replaceAll("SCI_PODS.*\n", "")))
        .containsExactly(
            "tenants.env: has no SCI_PODS_ACCESS_KEY_ID, SCI_PODS_SECRET_ACCESS_KEY; run: appliance secrets tenants"
                + " tenants.env cluster.yaml");
    assertThat(complaints(GOOD + "SCI_PODS_ACCESS_KEY_ID=x"))
        .containsExactly("tenants.env:5:1 SCI_PODS_ACCESS_KEY_ID: stands here twice; keep one");
  }

  @Test
  void aFileThatIsNotThereIsTold() {
    assertThatThrownBy(() -> TenantKeys.read(folder.resolve("none"), SCI))
        .isInstanceOf(UnreadableSecrets.class)
        .hasMessageEndingWith("there is no such file; `appliance secrets tenants FILE` writes one");
  }

  @Test
  void aNewFileIsItsOwnersAloneAndComplete() throws IOException {
    Path file = folder.resolve("tenants.env");

    assertThat(new NewTenantKeys(file, TWO).write(new SecureRandom())).hasSize(8);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    TenantKeys keys = TenantKeys.read(file, TWO);
    assertThat(keys.complaints("cluster.yaml")).isEmpty();
    assertThat(keys.values())
        .allSatisfy(
            (key, value) ->
                assertThat(value).hasSize(key.endsWith("_ID") ? 20 : 40).matches("[A-Za-z0-9]+"));
    assertThat(Set.copyOf(keys.values().values())).hasSize(8);
  }

  @Test
  void aFileIsAddedToAndNothingInItChanges() throws IOException {
    Path file = folder.resolve("tenants.env");
    String before = "# mine\n" + GOOD + "SCI_TWO_PODS_ACCESS_KEY_ID=theirs";
    Files.writeString(file, before);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

    List<String> added = new NewTenantKeys(file, TWO).write(new SecureRandom());

    assertThat(added)
        .containsExactly(
            "SCI_TWO_PUBLISH_ACCESS_KEY_ID",
            "SCI_TWO_PUBLISH_SECRET_ACCESS_KEY",
            "SCI_TWO_PODS_SECRET_ACCESS_KEY");
    assertThat(Files.readString(file)).startsWith(before + "\n\n# sci-two\n");
    String after = Files.readString(file);
    assertThat(new NewTenantKeys(file, TWO).write(new SecureRandom())).isEmpty();
    assertThat(file).hasContent(after);
    assertThat(TenantKeys.read(file, SCI).strays())
        .hasSize(4)
        .allMatch(key -> key.startsWith("SCI_TWO_"));
  }

  @Test
  void aFileThatOthersCanReadOrThatIsBrokenStaysAsItIs() throws IOException {
    Path file = folder.resolve("tenants.env");
    Files.writeString(file, "nonsense\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> new NewTenantKeys(file, SCI).write(new SecureRandom()))
        .hasMessageEndingWith("run: chmod 600 " + file);

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThatThrownBy(() -> new NewTenantKeys(file, SCI).write(new SecureRandom()))
        .hasMessage(file + ":1:1: is not KEY=VALUE; write one or begin the line with #");
    assertThat(file).hasContent("nonsense\n");
  }

  @Test
  void noTwoTenantsHaveOneName() {
    Set<String> keys = new TreeSet<>();
    for (String name : List.of("a", "a-b", "a-publish", "a-pods", "a-publish-access-key")) {
      TenantKeys.of(name).forEach(key -> assertThat(keys.add(key)).as(key).isTrue());
    }
  }
}
