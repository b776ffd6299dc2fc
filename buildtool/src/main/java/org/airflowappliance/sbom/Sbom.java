package org.airflowappliance.sbom;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.airflowappliance.image.ImageArchive;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.Materials;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Workbench;

/**
 * A bill of materials.
 *
 * @param format how it is written
 * @param composed of what it is
 * @param whole whether it is the release's, which is of all
 * @param blueprint the release
 */
record Sbom(Format format, List<Materials.Composed> composed, boolean whole, Blueprint blueprint)
    implements Artifact {
  Sbom {
    composed = List.copyOf(composed);
  }

  @Override
  public ReleasePath path() {
    String name =
        whole
            ? "release"
            : composed.get(0).path().value().replaceFirst(".*/", "").replaceFirst("\\.tar$", "");
    return new ReleasePath("sbom/" + name + format.suffix());
  }

  @Override
  public String kind() {
    return "sbom";
  }

  /** The release's own names no digests of them, so that it is made while they are. */
  @Override
  public List<ReleasePath> inputs() {
    return whole ? List.of() : composed.stream().map(Artifact::path).toList();
  }

  @Override
  public String recipe() {
    Fingerprint all = new Fingerprint().add("sbom 2", format, whole, blueprint.cluster().name());
    all.add(blueprint.cluster().release());
    composed.forEach(each -> each.materials().addTo(all));
    return all.hex();
  }

  @Override
  public void write(Path target, Workbench workbench) throws IOException {
    TreeSet<Component> components = new TreeSet<>();
    for (Materials.Composed each : composed) {
      components.addAll(Components.of(each.materials(), workbench));
    }
    Files.writeString(target, format.text(subject(List.copyOf(components), workbench)));
  }

  private Subject subject(List<Component> components, Workbench workbench) throws IOException {
    if (whole) {
      return new Subject(
          Optional.empty(),
          blueprint.cluster().name(),
          Integer.toString(blueprint.cluster().release()),
          "",
          "",
          workbench.epoch(),
          components);
    }
    Materials.Composed one = composed.get(0);
    Materials materials = one.materials();
    return new Subject(
        Optional.of(purl(one, workbench)),
        materials.name(),
        materials.version(),
        one.path().value(),
        workbench.sha256(one.path()),
        workbench.epoch(),
        components);
  }

  private static String purl(Materials.Composed one, Workbench workbench) throws IOException {
    Materials materials = one.materials();
    if (one.kind().equals(Sboms.RPM)) {
      String arch = one.path().value().replaceFirst(".*\\.(\\w+)\\.rpm", "$1");
      return Purl.of(
          "rpm", "airflow-appliance", materials.name(), materials.version(), Map.of("arch", arch));
    }
    try (ImageArchive image = ImageArchive.open(workbench.built(one.path()))) {
      return Purl.of(
          "oci", "", materials.name(), image.digest(), Map.of("tag", materials.version()));
    }
  }
}
