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
 */
public record Blueprint(
    Cluster cluster, Definitions definitions, AirflowLine line, Instant epoch) {}
