package org.airflowappliance.bucket;

import java.util.List;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Section;
import org.airflowappliance.plan.TextFile;

/** Plans the access policies, for whoever reads them or loads them by hand. */
public final class PolicyFiles implements Section {
  @Override
  public String name() {
    return "s3";
  }

  @Override
  public List<Artifact> plan(Blueprint blueprint, List<Artifact> earlier) {
    return AccessPolicies.of(blueprint).all().stream()
        .<Artifact>map(
            each -> new TextFile(new ReleasePath("s3/" + each.file()), "policy", each.json()))
        .toList();
  }
}
