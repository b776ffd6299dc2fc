package org.airflowappliance.repository;

import java.util.ArrayList;
import java.util.List;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.DetachedSignature;
import org.airflowappliance.plan.Holes;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Section;
import org.airflowappliance.plan.TextFile;
import org.airflowappliance.template.Template;

/**
 * Plans the metadata that makes the RPMs a dnf repository, its public key, a ready .repo file and
 * the list by which that finds them.
 */
public final class DnfRepository implements Section {
  static final String FOLDER = "rpm/";
  private static final String REPO_FILE = "rpm/repository/airflow-appliance.repo";
  private static final String MIRRORS = "mirrorlist";
  private static final String KEY = FOLDER + "RPM-GPG-KEY-airflow-appliance";

  @Override
  public String name() {
    return "repository";
  }

  @Override
  public List<Artifact> plan(Blueprint blueprint, List<Artifact> earlier) {
    List<ReleasePath> packages =
        earlier.stream().filter(each -> each.kind().equals("rpm")).map(Artifact::path).toList();
    List<Artifact> all = new ArrayList<>();
    for (Metadata.Kind kind : Metadata.Kind.values()) {
      all.add(new Metadata(kind, packages));
    }
    RepoMd index = new RepoMd(all.stream().map(Artifact::path).toList());
    all.add(index);
    all.add(new DetachedSignature(index.path(), DetachedSignature.Form.OPENPGP));
    all.add(new PublicKey(new ReleasePath(KEY)));
    all.add(
        file(blueprint, "airflow-" + blueprint.cluster().name() + ".repo", "repo-file", REPO_FILE));
    all.add(file(blueprint, MIRRORS, "repo-file", "rpm/repository/" + MIRRORS));
    return all;
  }

  private static Artifact file(Blueprint blueprint, String name, String kind, String definition) {
    String text = blueprint.definitions().text(definition);
    return new TextFile(
        new ReleasePath(FOLDER + name),
        kind,
        new Template(definition, text).fill(Holes.of(blueprint)));
  }
}
