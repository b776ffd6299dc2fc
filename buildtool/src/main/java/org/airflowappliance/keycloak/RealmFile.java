package org.airflowappliance.keycloak;

import java.util.List;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Section;
import org.airflowappliance.plan.TextFile;

/** Plans the realm fragment, for whoever reads it or imports it by hand. */
public final class RealmFile implements Section {
  @Override
  public String name() {
    return "keycloak";
  }

  @Override
  public List<Artifact> plan(Blueprint blueprint, List<Artifact> earlier) {
    return List.of(
        new TextFile(
            new ReleasePath("keycloak/realm.json"),
            "keycloak",
            RealmFragment.of(blueprint).json()));
  }
}
