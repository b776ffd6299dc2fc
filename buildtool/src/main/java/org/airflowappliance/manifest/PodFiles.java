package org.airflowappliance.manifest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.TreeMap;
import org.airflowappliance.airflow.AirflowConfig;
import org.airflowappliance.cluster.Cluster;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.Fingerprint;

/**
 * What task pods read as files, from one config map.
 *
 * @param texts by file name
 */
record PodFiles(Map<String, String> texts) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int DIGITS = 10;

  PodFiles {
    texts = new TreeMap<>(texts);
  }

  static PodFiles of(Blueprint blueprint) {
    Cluster cluster = blueprint.cluster();
    Map<String, String> texts = new TreeMap<>();
    texts.put("airflow.cfg", AirflowConfig.ofPods(blueprint));
    cluster.caFile().ifPresent(ca -> texts.put("cluster.pem", ca.pem()));
    cluster.database().ca().ifPresent(ca -> texts.put("database.pem", ca.pem()));
    return new PodFiles(texts);
  }

  /** Digest of the content: another content has another name. */
  String digest() {
    return new Fingerprint().add(texts).hex().substring(0, DIGITS);
  }

  /** As the {@code data} of a config map; JSON is YAML. */
  String json() {
    try {
      return JSON.writeValueAsString(texts);
    } catch (JsonProcessingException problem) {
      throw new IllegalStateException("maps of texts are always JSON", problem);
    }
  }
}
