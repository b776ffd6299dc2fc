package org.airflowappliance.plan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A text that is known when planning. */
public record TextFile(ReleasePath path, String kind, String text) implements Artifact {
  @Override
  public List<ReleasePath> inputs() {
    return List.of();
  }

  @Override
  public String recipe() {
    return new Fingerprint().add(kind, text).hex();
  }

  @Override
  public void write(Path target, Workbench workbench) throws IOException {
    Files.writeString(target, text);
  }
}
