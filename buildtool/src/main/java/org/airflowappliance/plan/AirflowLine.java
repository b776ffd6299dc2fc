package org.airflowappliance.plan;

import java.time.Instant;
import java.util.List;
import org.airflowappliance.lock.Pin;

/**
 * What differs between Airflow versions, as read from {@code rpm/lines/VERSION}.
 *
 * @param version Airflow's version
 * @param python minor version of Python, such as 3.9
 * @param serial S of {@code airflow-VERSION-S.el8}, raised with every change of the lock
 * @param locked when the versions were resolved; the epoch unless SOURCE_DATE_EPOCH is set
 * @param requirements text of {@code requirements.lock}: pins with hashes
 * @param buildRequirements text of {@code build.lock}: what builds the pins that have no wheel
 * @param tools text of {@code tools.lock}: the package client that installs them, with hashes
 * @param interpreter Debian packages that make a Python of that version for compiling
 */
public record AirflowLine(
    String version,
    String python,
    int serial,
    Instant locked,
    String requirements,
    String buildRequirements,
    String tools,
    List<Pin> interpreter) {
  public AirflowLine {
    interpreter = List.copyOf(interpreter);
  }
}
