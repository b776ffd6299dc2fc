package org.airflowappliance.rpm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.airflowappliance.Appliance;
import org.airflowappliance.Goldens;
import org.airflowappliance.cluster.ClusterYaml;
import org.airflowappliance.file.FileEntry;
import org.airflowappliance.plan.AirflowLines;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.Definitions;
import org.airflowappliance.plan.FolderWorkbench;
import org.airflowappliance.plan.PackedDefinitions;
import org.airflowappliance.plan.Plan;
import org.airflowappliance.release.Keys;
import org.airflowappliance.rpm.RpmSpec.FileFlag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The example's packages and repository as texts: of each package its header, the list of its own
 * files and what stands in them; the derived trees of Python are left out.
 */
class GoldenReleaseTest {
  @TempDir Path folder;

  @Test
  void theExamplesPackagesAreTheGoldens() throws IOException {
    Definitions definitions = PackedDefinitions.folder(Path.of(".."));
    Blueprint blueprint =
        new Blueprint(
            ClusterYaml.example(AirflowLines.versions(definitions)),
            definitions,
            AirflowLines.read(definitions, "2.2.5"),
            Instant.EPOCH);
    FolderWorkbench workbench = new FolderWorkbench(folder, Instant.EPOCH, Keys.signer());
    Map<String, String> texts = new TreeMap<>();
    for (Artifact artifact : Plan.of(blueprint, Appliance.sections()).artifacts()) {
      if (artifact instanceof PackagePlan plan) {
        standIn(plan, workbench);
        texts.putAll(texts(new PackagePlan(plan.spec(), plan.carried(), List.of()), workbench));
      } else if (artifact.kind().equals("repo-file")) {
        texts.put(artifact.path().value(), Files.readString(workbench.write(artifact)));
      }
    }
    new Goldens("homelab").compare("rpm", texts);
  }

  /** The text of an artifact that the package carries is a golden of its own. */
  private static void standIn(PackagePlan plan, FolderWorkbench workbench) throws IOException {
    for (PackagePlan.Carried carried : plan.carried()) {
      Path file = workbench.built(carried.artifact());
      Files.createDirectories(file.getParent());
      Files.writeString(file, carried.artifact() + " of the release\n");
    }
  }

  private static Map<String, String> texts(PackagePlan plan, FolderWorkbench workbench)
      throws IOException {
    RpmSpec spec = plan.spec();
    RpmHeader header = RpmHeader.read(workbench.write(plan));
    Map<String, String> texts = new TreeMap<>();
    texts.put("header.txt", HeaderText.of(header.tags()));
    texts.put("files.txt", HeaderText.files(header.files()));
    spec.scripts()
        .forEach(
            (kind, script) ->
                texts.put("scripts/" + kind.name().toLowerCase(Locale.ROOT) + ".sh", script));
    for (FileEntry entry : spec.files().entries()) {
      if (entry instanceof FileEntry.Regular file && isRead(spec.flags().get(file.path()))) {
        String text = new String(file.content().bytes(), StandardCharsets.UTF_8);
        texts.put("files" + file.path(), text);
      }
    }
    Map<String, String> placed = new TreeMap<>();
    texts.forEach((name, text) -> placed.put("rpm/" + spec.name() + "/" + name, text));
    return placed;
  }

  /** Nobody reviews the text of a licence, and a file that is not carried has none. */
  private static boolean isRead(FileFlag flag) {
    return flag != FileFlag.LICENSE && flag != FileFlag.GHOST;
  }
}
