package org.airflowappliance.image;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Workbench;

/**
 * What is signed about an image: that this digest is what pods will pull under this name, in the
 * form that cosign signs (containers/image's "simple signing", without time or creator).
 *
 * @param image whose
 * @param registry where pods pull it from
 */
record ImageClaim(ImageReference image, String registry) implements Artifact {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public ReleasePath path() {
    return image.claim();
  }

  @Override
  public String kind() {
    return "image-claim";
  }

  @Override
  public List<ReleasePath> inputs() {
    return List.of(image.digestFile());
  }

  @Override
  public String recipe() {
    return new Fingerprint().add(kind(), registry).hex();
  }

  @Override
  public void write(Path target, Workbench workbench) throws IOException {
    String[] reference = image.in(registry, workbench).split("@", 2);
    ObjectNode claim = JSON.createObjectNode();
    ObjectNode critical = claim.putObject("critical");
    critical.putObject("identity").put("docker-reference", reference[0]);
    critical.putObject("image").put("docker-manifest-digest", reference[1]);
    critical.put("type", "cosign container image signature");
    claim.putNull("optional");
    Files.write(target, JSON.writeValueAsBytes(claim));
  }
}
