package org.airflowappliance.image;

import java.util.ArrayList;
import java.util.List;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.DetachedSignature;
import org.airflowappliance.plan.Section;

/**
 * Plans an image, a file with its digest, and what is signed about it, for each folder below {@code
 * images/}.
 */
public final class Images implements Section {
  @Override
  public String name() {
    return "image";
  }

  @Override
  public List<Artifact> plan(Blueprint blueprint, List<Artifact> earlier) {
    List<Artifact> planned = new ArrayList<>();
    for (String place : ImageSource.places(blueprint.definitions())) {
      ImageSpec spec = new ImageYaml(blueprint, place).read();
      planned.add(new ImagePlan(spec, blueprint.line(), blueprint.epoch()));
      ImageReference image = new ImageReference(spec.name());
      ImageClaim claim = new ImageClaim(image, blueprint.cluster().images().registry());
      planned.addAll(
          List.of(
              new DigestFile(image),
              claim,
              new DetachedSignature(claim.path(), DetachedSignature.Form.BARE)));
    }
    return planned;
  }
}
