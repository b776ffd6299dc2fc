package org.airflowappliance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Mistakes in a folder of the user's own definitions are said as such, without a stack trace. */
class OwnDefinitionsTest {
  private static final Path CHECKOUT = Path.of("..");
  private static final String PACKAGE = "rpm/airflow-scheduler/package.yaml";

  @TempDir Path folder;

  @BeforeEach
  void copy() throws IOException {
    for (String part : new String[] {"rpm", "images", "kickstart", "manifests"}) {
      if (!Files.isDirectory(CHECKOUT.resolve(part))) {
        continue;
      }
      try (Stream<Path> walk = Files.walk(CHECKOUT.resolve(part))) {
        for (Path file : (Iterable<Path>) walk::iterator) {
          Path copy = folder.resolve(CHECKOUT.relativize(file));
          if (Files.isDirectory(file)) {
            Files.createDirectories(copy);
          } else {
            Files.copy(file, copy);
          }
        }
      }
    }
  }

  private Ran planned() {
    return Ran.run("plan", "--definitions", folder.toString());
  }

  private String refusal() {
    Ran ran = planned();
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).doesNotContain("\tat ", "Exception");
    return ran.err().strip();
  }

  private void change(String file, String old, String now) throws IOException {
    String text = Files.readString(folder.resolve(file));
    assertThat(text).contains(old);
    Files.writeString(folder.resolve(file), text.replace(old, now));
  }

  @Test
  void aCopyIsPlannedAsTheToolsOwn() {
    Ran own = planned();

    assertThat(own.code()).as(own.err()).isZero();
    assertThat(own.out()).isEqualTo(Ran.run("plan").out());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      delimiter = '|',
      textBlock =
          """
          arch: noarch    | arhc: noarch           | unknown key 'arhc'; remove or correct it, known are name,
          arch: noarch    | arch: sparc            | the package's arch 'sparc' is not of the form noarch
          arch: noarch    | arch: {{cpu}}          | no value for [cpu]; correct the name or write another
          arch: noarch    | arch: [                | is not YAML; correct it:
          license: Apache-2.0 | arch: noarch       | is not YAML; correct it:
          mode: "0644"    | mode: rw-r--r--        | mode 'rw-r--r--' is not octal; write "0755"
          mode: "0644"    | flag: precious         | 'precious' is not one of config, config-noreplace, ghost, license, doc
          mode: "0644"    | kind: socket           | kind 'socket' is not one of file, directory, symlink
          mode: "0644"    | owner: root            | owner 'root' is not USER:GROUP
          path: /usr      | path: usr              | is not an absolute, normalised path; correct it
          - systemd       | - systemd > or < 3     | 'systemd > or < 3' is not a dependency
          preun:          | never:                 | scripts: 'never' is not one of pre, post, preun, postun, posttrans
          """)
  void aMistakeInAPackageIsNamed(String old, String now, String message) throws IOException {
    change(PACKAGE, old, now);

    assertThat(refusal()).startsWith(PACKAGE + ": ").contains(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rpm/airflow-cluster/files/airflow.cfg",
        "manifests/pod_template.yaml",
        "manifests/40-quota.yaml",
        "manifests/50-network.yaml"
      })
  void aHoleThatNothingFillsIsNamed(String file) throws IOException {
    Files.writeString(folder.resolve(file), "[core]\nx = {{databse.host}}\n");

    assertThat(refusal())
        .startsWith(file + ": no value for [databse.host]; correct the name")
        .contains("database.host");
  }

  @Test
  void aFileThatIsMissingIsNamed() throws IOException {
    String unit = "rpm/airflow-scheduler/files/airflow-scheduler.service";
    Files.delete(folder.resolve(unit));

    assertThat(refusal()).contains("there is no " + unit + " in " + folder);
  }

  @ParameterizedTest
  @CsvSource({"serial: ,'serial: x', 'is no number'", "locked: ,'locked: x', 'is no time'"})
  void aMistakeInALineIsNamed(String old, String now, String message) throws IOException {
    change("rpm/lines/2.2.5/line.yaml", old.strip(), now);

    assertThat(refusal()).startsWith("rpm/lines/2.2.5/line.yaml: ").contains(message);
  }
}
