package org.airflowappliance.manifest;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LimitRange;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.scheduling.v1.PriorityClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.airflowappliance.template.IllegalDefinition;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Kubernetes objects as YAML: read strictly into the typed model, written from it. */
final class KubernetesYaml {
  private static final Map<String, Class<? extends HasMetadata>> KINDS =
      Map.ofEntries(
          Map.entry("v1 Namespace", Namespace.class),
          Map.entry("v1 ServiceAccount", ServiceAccount.class),
          Map.entry("v1 Secret", Secret.class),
          Map.entry("v1 ConfigMap", ConfigMap.class),
          Map.entry("v1 ResourceQuota", ResourceQuota.class),
          Map.entry("v1 LimitRange", LimitRange.class),
          Map.entry("v1 Pod", Pod.class),
          Map.entry("scheduling.k8s.io/v1 PriorityClass", PriorityClass.class),
          Map.entry("rbac.authorization.k8s.io/v1 Role", Role.class),
          Map.entry("rbac.authorization.k8s.io/v1 RoleBinding", RoleBinding.class),
          Map.entry("networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class));

  private static final ObjectMapper MODEL = model();

  private KubernetesYaml() {}

  /** The model keeps unknown fields aside; without that a misspelt one is refused. */
  private static ObjectMapper model() {
    ObjectMapper mapper = new ObjectMapper();
    mapper.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    mapper.setAnnotationIntrospector(
        new JacksonAnnotationIntrospector() {
          private static final long serialVersionUID = 1L;

          @Override
          public Boolean hasAnySetter(Annotated member) {
            return member instanceof AnnotatedMember ? Boolean.FALSE : super.hasAnySetter(member);
          }
        });
    return mapper;
  }

  /**
   * All objects of a text.
   *
   * @param place where the text stands, for errors
   * @throws IllegalDefinition when a kind or a field is unknown
   */
  static List<HasMetadata> read(String place, String text) {
    LoadSettings settings = LoadSettings.builder().setLabel(place).build();
    List<HasMetadata> objects = new ArrayList<>();
    try {
      new Load(settings).loadAllFromString(text).forEach(each -> objects.add(object(place, each)));
    } catch (YamlEngineException broken) {
      throw new IllegalDefinition(place + ": " + broken.getMessage(), broken);
    }
    return objects;
  }

  private static HasMetadata object(String place, Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new IllegalDefinition(place + ": '" + value + "' is no object; write KEY: VALUE");
    }
    String kind = map.get("apiVersion") + " " + map.get("kind");
    Class<? extends HasMetadata> type = KINDS.get(kind);
    if (type == null) {
      throw new IllegalDefinition(
          place
              + ": '"
              + kind
              + "' is not a kind that is known here: "
              + new TreeSet<>(KINDS.keySet()));
    }
    try {
      return MODEL.convertValue(map, type);
    } catch (IllegalArgumentException refused) {
      throw new IllegalDefinition(place + ": " + kind + ": " + reason(refused), refused);
    }
  }

  private static String reason(IllegalArgumentException refused) {
    if (!(refused.getCause() instanceof JsonMappingException problem)) {
      return refused.getMessage();
    }
    String path =
        problem.getPath().stream()
            .map(
                step ->
                    step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
            .collect(Collectors.joining("."))
            .replace(".[", "[");
    return path
        + ": "
        + problem.getOriginalMessage().replaceAll("\\(class [^)]*\\), not marked as ignorable", "");
  }

  /** The text of objects, each a document of its own. */
  static String write(List<? extends HasMetadata> objects) {
    DumpSettings settings =
        DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setIndicatorIndent(2)
            .setIndentWithIndicator(true)
            .setWidth(Integer.MAX_VALUE)
            .setSplitLines(false)
            .setSchema(new EveryReadersSchema())
            .build();
    return objects.stream()
        .map(each -> MODEL.convertValue(each, new TypeReference<Map<String, Object>>() {}))
        .map(each -> new Dump(settings).dumpToString(each))
        .collect(Collectors.joining("---\n"));
  }
}
