package org.airflowappliance.plan;

import java.time.Instant;
import org.airflowappliance.cluster.Cluster;

/**
 * All that planning may read.
 *
 * @param cluster what the operator asks for
 * @param definitions the data folders
 * @param line the Airflow line that the cluster names
 * @param epoch the one time of this release
 * @param installer whether the installer of Rocky is copied into the release
 * @param origin where all that came from
 */
public record Blueprint(
    Cluster cluster,
    Definitions definitions,
    AirflowLine line,
    Instant epoch,
    boolean installer,
    Origin origin) {
  /** A blueprint without the installer, of an origin that nobody asks for. */
  public Blueprint(Cluster cluster, Definitions definitions, AirflowLine line, Instant epoch) {
    this(cluster, definitions, line, epoch, false, Origin.UNTOLD);
  }

  /** The same with or without the installer. */
  public Blueprint withInstaller(boolean copied) {
    return new Blueprint(cluster, definitions, line, epoch, copied, origin);
  }

  /** The same of another origin. */
  public Blueprint from(Origin other) {
    return new Blueprint(cluster, definitions, line, epoch, installer, other);
  }
}
