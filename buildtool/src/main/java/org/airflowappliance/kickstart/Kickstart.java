package org.airflowappliance.kickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Signer;
import org.airflowappliance.plan.Workbench;
import org.airflowappliance.template.Template;

/**
 * The kickstart of one node; the release's public key joins it when it is written, so that the node
 * need not trust what it fetches.
 *
 * @param text the whole file
 * @param post its %post section
 * @param values of the holes of both, besides the key
 */
record Kickstart(ReleasePath path, Template text, Template post, Map<String, String> values)
    implements Artifact {
  Kickstart {
    values = Map.copyOf(values);
  }

  @Override
  public String kind() {
    return "kickstart";
  }

  @Override
  public List<ReleasePath> inputs() {
    return List.of();
  }

  @Override
  public String recipe() {
    return new Fingerprint().add(kind(), text.text(), post.text(), new TreeMap<>(values)).hex();
  }

  @Override
  public boolean signed() {
    return true;
  }

  @Override
  public void write(Path target, Workbench workbench) throws IOException {
    Signer signer = workbench.signer();
    Map<String, String> all = new TreeMap<>(values);
    all.put("release.key", signer.publicKey().strip());
    all.put("release.fingerprint", signer.fingerprint());
    all.put("post", post.fill(all).strip());
    Files.writeString(target, text.fill(all));
  }
}
