package org.airflowappliance.manifest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.airflowappliance.Goldens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestsTest {
  @TempDir Path folder;

  @Test
  void theExamplesManifestsAreTheGoldens() throws IOException {
    new Goldens("homelab").compare("manifests", Written.texts(folder, UnaryOperator.identity()));
  }
}
