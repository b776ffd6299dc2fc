package org.airflowappliance.release;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.DetachedSignature;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Section;
import org.airflowappliance.plan.Workbench;

/**
 * Plans {@code SHA256SUMS} over every file before it, as {@code sha256sum --check} reads it, and
 * its signature.
 */
public final class Checksums implements Section {
  /** Name of the list. */
  public static final String NAME = "SHA256SUMS";

  /** Name of its signature. */
  public static final String SIGNATURE = NAME + ".asc";

  private static final ReleasePath SUMS = new ReleasePath(NAME);

  @Override
  public String name() {
    return "checksums";
  }

  @Override
  public List<Artifact> plan(Blueprint blueprint, List<Artifact> earlier) {
    return List.of(
        new Sums(earlier.stream().map(Artifact::path).sorted().toList()),
        new DetachedSignature(SUMS, DetachedSignature.Form.OPENPGP));
  }

  private record Sums(List<ReleasePath> inputs) implements Artifact {
    @Override
    public ReleasePath path() {
      return SUMS;
    }

    @Override
    public String kind() {
      return "checksums";
    }

    @Override
    public String recipe() {
      return new Fingerprint().add(kind()).hex();
    }

    @Override
    public void write(Path target, Workbench workbench) throws IOException {
      StringBuilder text = new StringBuilder();
      for (ReleasePath input : inputs) {
        text.append(workbench.sha256(input)).append("  ").append(input).append('\n');
      }
      Files.writeString(target, text);
    }
  }
}
