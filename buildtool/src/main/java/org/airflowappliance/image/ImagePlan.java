package org.airflowappliance.image;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.airflowappliance.debian.DebianRecords;
import org.airflowappliance.file.Deletion;
import org.airflowappliance.plan.AirflowLine;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.Materials;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Workbench;

/**
 * An image of the release.
 *
 * @param spec what it is
 * @param line the Airflow line
 * @param epoch the one time of the release
 */
record ImagePlan(ImageSpec spec, AirflowLine line, Instant epoch) implements Materials.Composed {
  @Override
  public Materials materials() {
    List<LayerSpec> own = layers().stream().map(Layer::spec).toList();
    return new Materials(
        spec.name(),
        spec.tag(),
        Optional.of(
            new Materials.Debian(
                own.stream().flatMap(layer -> layer.packages().stream()).toList(),
                spec.suite(),
                DebianRecords.copyright("*"))),
        own.stream().flatMap(layer -> layer.trees().stream()).toList(),
        spec.base());
  }

  @Override
  public ReleasePath path() {
    return new ImageReference(spec.name()).archive();
  }

  @Override
  public String kind() {
    return "image";
  }

  @Override
  public List<ReleasePath> inputs() {
    return List.of();
  }

  @Override
  public String recipe() {
    Fingerprint all = new Fingerprint().add("image 1", spec.localName(), spec.settings());
    base().ifPresent(base -> all.add(base.recipe()));
    layers().forEach(layer -> all.add(layer.name(), layer.recipe()));
    return all.hex();
  }

  private Optional<BaseImage> base() {
    return spec.base().map(reference -> new BaseImage(reference, line.python()));
  }

  /** All layers, but for those that the base stands for. */
  private List<Layer> layers() {
    return spec.layers().stream()
        .filter(layer -> spec.base().isEmpty() || !layer.underBase())
        .map(layer -> new Layer(layer, line, spec.absent(), epoch))
        .toList();
  }

  @Override
  public void write(Path target, Workbench workbench) throws IOException {
    Path scratch = Files.createTempDirectory(target.getParent(), ".image-");
    try {
      Path archive = scratch.resolve("layers.tar");
      if (spec.base().isPresent()) {
        try (ImageArchive base = ImageArchive.open(base().orElseThrow().made(workbench))) {
          collect(base.configuration(), layersOf(base), workbench).write(archive);
        }
      } else {
        collect(DockerArchive.empty(), List.of(), workbench).write(archive);
      }
      workbench.progress("writing image " + spec.name(), 0, 0);
      Path layout = scratch.resolve("layout.tar");
      new OciImage(scratch).write(archive, spec, epoch, layout);
      ImageArchive.complete(layout, spec.localName(), target);
    } finally {
      Deletion.of(scratch);
    }
  }

  private DockerArchive collect(
      ObjectNode configuration, List<DockerArchive.Layer> below, Workbench workbench)
      throws IOException {
    List<DockerArchive.Layer> all = new ArrayList<>(below);
    for (Layer layer : layers()) {
      all.add(layer.made(workbench));
    }
    return new DockerArchive(configuration, all, epoch);
  }

  private static List<DockerArchive.Layer> layersOf(ImageArchive base) throws IOException {
    List<DockerArchive.Layer> layers = new ArrayList<>();
    for (String name : base.layers()) {
      String diffId =
          base.configuration().path("rootfs").path("diff_ids").path(layers.size()).asText();
      layers.add(new DockerArchive.Layer(diffId, base.content(name), "base"));
    }
    return layers;
  }
}
