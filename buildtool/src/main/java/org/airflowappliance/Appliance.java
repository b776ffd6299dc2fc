package org.airflowappliance;

import java.util.List;
import org.airflowappliance.bucket.PolicyFiles;
import org.airflowappliance.image.Images;
import org.airflowappliance.keycloak.RealmFile;
import org.airflowappliance.kickstart.Kickstarts;
import org.airflowappliance.kickstart.PxeTree;
import org.airflowappliance.manifest.Manifests;
import org.airflowappliance.plan.Section;
import org.airflowappliance.provenance.Provenance;
import org.airflowappliance.release.Checksums;
import org.airflowappliance.release.ReleaseIndex;
import org.airflowappliance.repository.DnfRepository;
import org.airflowappliance.rpm.Rpms;
import org.airflowappliance.sbom.Sboms;

/** The one place where a kind of artifact is added: the ordered list of sections. */
public final class Appliance {
  private Appliance() {}

  /** Every section, in build order. */
  public static List<Section> sections() {
    return List.of(
        new Images(),
        new Manifests(),
        new RealmFile(),
        new PolicyFiles(),
        new Rpms(),
        new DnfRepository(),
        new Kickstarts(),
        new PxeTree(),
        new Sboms(),
        new Provenance(),
        new ReleaseIndex(),
        new Checksums());
  }
}
