package org.airflowappliance.manifest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.airflowappliance.cluster.Cluster;
import org.airflowappliance.cluster.Parallelism;
import org.airflowappliance.cluster.Tenant;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.Holes;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Section;
import org.airflowappliance.template.Template;

/** Plans what Kubernetes gets: the numbered files of {@code manifests/} and the pod template. */
public final class Manifests implements Section {
  /** Each holds numbered files and a kustomization; the second is applied by itself. */
  private static final List<String> FOLDERS = List.of("manifests/", "manifests/pod-operator/");

  private static final String MAIN = FOLDERS.get(0);

  /** What each tenant has in Kubernetes. */
  private static final String TENANT = MAIN + "tenant/objects.yaml";

  @Override
  public String name() {
    return "manifest";
  }

  @Override
  public List<Artifact> plan(Blueprint blueprint, List<Artifact> earlier) {
    return new Reading(blueprint).read();
  }

  /** Values of the holes in the manifests' texts but for images and quota. */
  static Map<String, String> values(Blueprint blueprint) {
    Cluster cluster = blueprint.cluster();
    PodFiles files = PodFiles.of(blueprint);
    Map<String, String> values = new HashMap<>(Holes.of(blueprint));
    values.put("config.name", cluster.name() + "-airflow-config-" + files.digest());
    values.put("config.data", files.json());
    values.put("egress.airflow", EgressRules.ofAirflow(cluster));
    values.put("egress.tasks", EgressRules.of(cluster.workers().egress()));
    values.put("egress.api", EgressRules.ofApi(cluster));
    return values;
  }

  /** One blueprint on its way to a plan. */
  private static final class Reading {
    private final Blueprint blueprint;
    private final Map<String, String> values;
    private final CommonMetadata common;

    Reading(Blueprint blueprint) {
      this.blueprint = blueprint;
      this.values = values(blueprint);
      this.common = CommonMetadata.of(blueprint, values);
    }

    List<Artifact> read() {
      List<Artifact> all = new ArrayList<>(podTemplates());
      List<Manifest> tenants = blueprint.cluster().tenants().stream().map(this::tenant).toList();
      all.addAll(tenants);
      for (String folder : FOLDERS) {
        List<String> files = new ArrayList<>(numbered(folder));
        files.forEach(file -> all.add(manifest(file)));
        if (folder.equals(MAIN)) {
          tenants.forEach(each -> files.add(each.path().value()));
        }
        all.add(kustomization(folder, files));
      }
      return all;
    }

    private Manifest tenant(Tenant tenant) {
      return new Manifest(
          new ReleasePath(MAIN + "60-tenant-" + tenant.name() + ".yaml"),
          text(TENANT, WorkerValues.ofTenant(blueprint.cluster(), tenant)),
          common.ofTenant(tenant.name()));
    }

    private List<String> numbered(String folder) {
      return blueprint.definitions().files(folder.substring(0, folder.length() - 1)).stream()
          .filter(file -> file.startsWith(folder))
          .filter(file -> file.substring(folder.length()).matches("[0-9]{2}-[a-z-]+\\.yaml"))
          .toList();
    }

    private List<Artifact> podTemplates() {
      Cluster cluster = blueprint.cluster();
      List<Artifact> templates = new ArrayList<>();
      templates.add(
          podTemplate(
              PodTemplate.PATH,
              WorkerValues.ofCluster(cluster),
              cluster.kubernetes().dags(),
              List.of()));
      for (Tenant tenant : cluster.tenants()) {
        templates.add(
            podTemplate(
                new ReleasePath(MAIN + "tenants/" + tenant.name() + ".yaml"),
                WorkerValues.ofTenant(cluster, tenant),
                Cluster.DagDelivery.COPY,
                List.of("tenant")));
      }
      return templates;
    }

    /** With the parts that say how the DAGs come, whose the pod is, and what CAs there are. */
    private Artifact podTemplate(
        ReleasePath path, Map<String, String> worker, Cluster.DagDelivery dags, List<String> own) {
      List<String> parts = new ArrayList<>(List.of("dags-" + dags.word()));
      parts.addAll(own);
      if (blueprint.cluster().caFile().isPresent()) {
        parts.addAll(List.of("site-ca", "site-ca-" + dags.word()));
      }
      if (blueprint.cluster().database().ca().isPresent()) {
        parts.add("database-ca");
      }
      return new PodTemplate(
          path,
          text(PodTemplate.PATH.value(), worker),
          parts.stream().map(part -> text(MAIN + "parts/" + part + ".yaml", worker)).toList(),
          common);
    }

    private Artifact manifest(String file) {
      if (file.equals(Quota.FILE)) {
        return quota(template(file));
      }
      return new Manifest(new ReleasePath(file), text(file), common);
    }

    private Quota quota(Template text) {
      Set<String> known = new HashSet<>(values.keySet());
      known.addAll(Quota.HOLES);
      text.require(known);
      return new Quota(
          new ReleasePath(text.place()),
          text,
          text.asked(values),
          pods(),
          blueprint.cluster().tenants().stream().map(Tenant::quota).toList(),
          common);
    }

    private int pods() {
      Cluster cluster = blueprint.cluster();
      return cluster.nodes().size() * Parallelism.of(cluster);
    }

    private Artifact kustomization(String folder, List<String> files) {
      String file = folder + "kustomization.yaml";
      String resources =
          files.stream()
              .map(each -> "\n  - " + each.substring(folder.length()))
              .collect(Collectors.joining());
      return new Kustomization(
          new ReleasePath(file), template(file).fill(Map.of("resources", resources)));
    }

    private ManifestText text(String file) {
      return text(file, Map.of());
    }

    private ManifestText text(String file, Map<String, String> more) {
      Map<String, String> all = new HashMap<>(values);
      all.putAll(more);
      return ManifestText.of(template(file), all, blueprint.cluster().images().registry());
    }

    private Template template(String file) {
      return new Template(file, blueprint.definitions().text(file));
    }
  }
}
