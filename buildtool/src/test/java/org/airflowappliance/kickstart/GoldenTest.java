package org.airflowappliance.kickstart;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.airflowappliance.Goldens;
import org.airflowappliance.plan.Artifact;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example's kickstarts and menus. */
class GoldenTest {
  @TempDir Path folder;

  @Test
  void kickstartsAndMenusAreAsReviewed() throws IOException {
    Map<String, String> kickstarts = new TreeMap<>();
    Map<String, String> menus = new TreeMap<>();
    for (Artifact each : Examples.texts(Examples.homelab())) {
      (each.kind().equals("kickstart") ? kickstarts : menus)
          .put(each.path().value(), Examples.text(folder, each));
    }
    Goldens goldens = new Goldens("homelab");
    goldens.compare("kickstart", kickstarts);
    goldens.compare("pxe", menus);
  }
}
