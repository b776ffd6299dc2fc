package org.airflowappliance.manifest;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.template.Template;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * What every object has: its namespace and the labels of {@code manifests/labels.yaml}.
 *
 * @param namespace of all objects that are in one
 * @param labels by name
 */
record CommonMetadata(String namespace, Map<String, String> labels) {
  private static final String LABELS = "manifests/labels.yaml";

  static CommonMetadata of(Blueprint blueprint, Map<String, String> values) {
    String text = new Template(LABELS, blueprint.definitions().text(LABELS)).fill(values);
    LoadSettings settings = LoadSettings.builder().setLabel(LABELS).build();
    Map<String, String> labels = new LinkedHashMap<>();
    if (new Load(settings).loadFromString(text) instanceof Map<?, ?> map) {
      map.forEach((key, value) -> labels.put(key.toString(), value.toString()));
    }
    return new CommonMetadata(blueprint.cluster().kubernetes().namespace(), labels);
  }

  /** The same with what tells a tenant's objects from others. */
  CommonMetadata ofTenant(String name) {
    Map<String, String> all = new LinkedHashMap<>(labels);
    all.put("appliance.airflow/tenant", name);
    return new CommonMetadata(namespace, all);
  }

  /** Gives it to each; labels and a namespace of their own stay. */
  <T extends HasMetadata> List<T> addTo(List<T> objects) {
    for (T object : objects) {
      ObjectMeta metadata = object.getMetadata();
      Map<String, String> all = new LinkedHashMap<>(labels);
      if (metadata.getLabels() != null) {
        all.putAll(metadata.getLabels());
      }
      metadata.setLabels(all);
      if (object instanceof Namespaced && metadata.getNamespace() == null) {
        metadata.setNamespace(namespace);
      }
    }
    return objects;
  }
}
