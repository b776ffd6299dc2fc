package org.airflowappliance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretsFileTest {
  private static final String FERNET = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

  private static String complete() {
    StringBuilder text = new StringBuilder();
    SecretsFile.KEYS
        .keySet()
        .forEach(key -> text.append(key).append("=").append("x".repeat(16)).append('\n'));
    return text.toString().replaceAll("FERNET_KEY=x*", "FERNET_KEY=" + FERNET);
  }

  private static String with(String key, String line) {
    return complete().replaceAll("(?m)^" + key + "=.*$", Matcher.quoteReplacement(line));
  }

  private static List<String> problems(String text) {
    return SecretsFile.parse("secrets.env", text).problems().stream()
        .map(Problem::toString)
        .toList();
  }

  @Test
  void aCompleteFileHasNoProblem() {
    SecretsFile file = SecretsFile.parse("secrets.env", complete());

    assertThat(file.problems()).isEmpty();
    assertThat(file.values()).containsOnlyKeys(SecretsFile.KEYS.keySet());
  }

  @Test
  void aNewFileLacksOnlyWhatOthersIssue() {
    SecretsFile file = SecretsFile.parse("secrets.env", SecretsFile.fresh(new SecureRandom()));

    assertThat(file.problems())
        .extracting(Problem::path)
        .containsExactly(
            "DATABASE_PASSWORD",
            "S3_ACCESS_KEY_ID",
            "S3_SECRET_ACCESS_KEY",
            "OIDC_CLIENT_SECRET",
            "KUBERNETES_TOKEN");
    assertThat(file.problems()).allMatch(problem -> problem.message().startsWith("is empty"));
    assertThat(Base64.getUrlDecoder().decode(file.values().get("FERNET_KEY"))).hasSize(32);
    assertThat(file.values().get("WEBSERVER_SECRET_KEY")).matches("[0-9a-f]{64}");
  }

  @Test
  void twoNewFilesDiffer() {
    SecureRandom random = new SecureRandom();

    assertThat(SecretsFile.fresh(random)).isNotEqualTo(SecretsFile.fresh(random));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      delimiter = '|',
      textBlock =
          """
          plain            | plain
          a#b c            | a#b c
          "a \\"b\\" #c"   | a "b" #c
          'd "e" $f'       | d "e" $f
          a\\ b            | a b
          "x\\\\y"         | x\\y
          """)
  void valuesAreReadAsSystemdReadsThem(String written, String value) {
    SecretsFile file =
        SecretsFile.parse("s", with("DATABASE_PASSWORD", "DATABASE_PASSWORD = " + written));

    assertThat(file.problems()).isEmpty();
    assertThat(file.values()).containsEntry("DATABASE_PASSWORD", value);
  }

  @Test
  void aBackslashContinuesALine() {
    SecretsFile file =
        SecretsFile.parse("s", with("KUBERNETES_TOKEN", "KUBERNETES_TOKEN=first\\\nsecond"));

    assertThat(file.problems()).isEmpty();
    assertThat(file.values()).containsEntry("KUBERNETES_TOKEN", "firstsecond");
  }

  @Test
  void commentsAndEmptyLinesAreSkippedAndCounted() {
    String text = "# comment\n; another\n\n" + complete() + "nonsense\n";

    assertThat(problems(text))
        .containsExactly("secrets.env:11:1: is not KEY=VALUE; write one or begin the line with #");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      delimiter = '|',
      textBlock =
          """
          FERNET_KEY=hunter2              | FERNET_KEY: is not 32 bytes in URL-safe base64 (44 characters), but 5; `appliance secrets new` makes one
          FERNET_KEY=hunter2!             | FERNET_KEY: is not URL-safe base64; `appliance secrets new` makes one
          WEBSERVER_SECRET_KEY=hunter2    | WEBSERVER_SECRET_KEY: has 7 characters, fewer than 16; `appliance secrets new` makes one
          WEBSERVER_SECRET_KEY=$hunter2hunter2hunter2 | WEBSERVER_SECRET_KEY: holds $ or begins with ~, which Airflow would expand; use letters and digits
          S3_ACCESS_KEY_ID=hunter:2       | S3_ACCESS_KEY_ID: holds a colon, at which s3fs would cut it; use another key
          S3_SECRET_ACCESS_KEY="hunter 2" | S3_SECRET_ACCESS_KEY: holds white space; copy it anew
          KUBERNETES_TOKEN=               | KUBERNETES_TOKEN: is empty; fill it in: token of the schedulers' service account
          DATABASE_PASSWORD="hunter2      | DATABASE_PASSWORD: has no closing quote; add it
          DATABASE_PASSWORD="hunter"2     | DATABASE_PASSWORD: goes on after its closing quote; quote the whole value
          DATABASE_PASSWORD='hunter\\2'   | DATABASE_PASSWORD: holds a backslash that systemd's versions read differently; write \\\\ in "…"
          """)
  void whatIsWrongIsSaidWithoutTheValue(String line, String problem) {
    String key = line.substring(0, line.indexOf('='));

    List<String> problems = problems(with(key, line));

    assertThat(problems).singleElement().asString().endsWith(" " + problem);
    assertThat(problems.toString()).doesNotContain("hunter");
  }

  @Test
  void severalFernetKeysAreARotation() {
    assertThat(problems(with("FERNET_KEY", "FERNET_KEY=" + FERNET + "," + FERNET))).isEmpty();
  }

  @Test
  void aMissingAndAMisspeltKeyAreNamed() {
    assertThat(problems(with("S3_ACCESS_KEY_ID", "S3_ACCES_KEY_ID=visible")))
        .containsExactly(
            "secrets.env S3_ACCESS_KEY_ID: is missing; add it: access key of the object store",
            "secrets.env:4:1 S3_ACCES_KEY_ID: is not a key of this file; did you mean"
                + " S3_ACCESS_KEY_ID?");
  }

  @Test
  void aKeyMayStandOnce() {
    assertThat(problems(complete() + "DATABASE_PASSWORD=y\n"))
        .containsExactly("secrets.env:8:1 DATABASE_PASSWORD: stands here twice; keep one");
  }

  @Test
  void noValueIsPrintedWithTheRecord() {
    String text = with("DATABASE_PASSWORD", "DATABASE_PASSWORD=hunter2");

    assertThat(SecretsFile.parse("s", text).toString()).doesNotContain("hunter2");
  }
}
