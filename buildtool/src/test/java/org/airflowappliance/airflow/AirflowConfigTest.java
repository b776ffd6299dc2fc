package org.airflowappliance.airflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class AirflowConfigTest {
  private static final String TEMPLATE =
      """
      # of the whole file
      [core]
      # why 64
      parallelism = 64
      parallelism_more = 1

      [webserver]
      workers = 4
      """;

  private static String with(String section, String key, String value) {
    return new AirflowConfig(TEMPLATE).with(Map.of(section, Map.of(key, value))).text();
  }

  @Test
  void withoutOverridesItIsTheTemplate() {
    assertThat(new AirflowConfig(TEMPLATE).with(Map.of()).text()).isEqualTo(TEMPLATE);
  }

  @Test
  void aKeyOfTheTemplateIsReplacedInItsPlace() {
    assertThat(with("core", "parallelism", "128"))
        .isEqualTo(
            TEMPLATE.replace(
                "parallelism = 64", "# set by airflow.config in cluster.yaml\nparallelism = 128"));
  }

  @Test
  void aNewKeyGoesToTheEndOfItsSection() {
    assertThat(with("core", "store_dag_code", "False"))
        .isEqualTo(
            TEMPLATE.replace(
                "parallelism_more = 1\n",
                "parallelism_more = 1\n# set by airflow.config in cluster.yaml\nstore_dag_code = False\n"));
  }

  @Test
  void aNewSectionGoesToTheEndOfTheFile() {
    assertThat(with("smtp", "smtp_host", "mail.lan"))
        .startsWith(TEMPLATE)
        .endsWith("[smtp]\n# set by airflow.config in cluster.yaml\nsmtp_host = mail.lan\n\n");
  }

  @Test
  void aPercentSignIsDoubled() {
    assertThat(with("core", "log_format", "%(asctime)s 100%"))
        .contains("\nlog_format = %%(asctime)s 100%%\n");
  }

  @Test
  void moreLinesAreIndented() {
    assertThat(with("core", "notes", "first\n  second\r\nthird"))
        .contains("\nnotes = first\n    second\n    third\n");
  }
}
