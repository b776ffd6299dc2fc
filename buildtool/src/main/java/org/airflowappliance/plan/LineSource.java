package org.airflowappliance.plan;

import java.util.List;
import java.util.Set;

/**
 * What the locks of an Airflow line are resolved from; only {@code appliance lock} reads it.
 *
 * @param version Airflow's version
 * @param python minor version of Python, such as 3.9
 * @param requirements text of {@code requirements.in}: Airflow with its extras
 * @param buildRequirements text of {@code build.in}: what builds the pins that have no wheel
 * @param tools text of {@code tools.in}: the package client
 * @param excludeNewer day after which a Python package came too late
 * @param suite Debian release that has this Python
 * @param packages Debian packages that the interpreter needs, with all that they need
 * @param without Debian packages that it runs without
 */
public record LineSource(
    String version,
    String python,
    String requirements,
    String buildRequirements,
    String tools,
    String excludeNewer,
    String suite,
    List<String> packages,
    Set<String> without) {
  public LineSource {
    packages = List.copyOf(packages);
    without = Set.copyOf(without);
  }
}
