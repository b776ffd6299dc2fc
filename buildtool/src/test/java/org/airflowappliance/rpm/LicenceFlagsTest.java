package org.airflowappliance.rpm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.airflowappliance.file.FileTree;
import org.airflowappliance.plan.Derived;
import org.airflowappliance.plan.DerivedTree;
import org.airflowappliance.plan.FolderWorkbench;
import org.airflowappliance.plan.Workbench;
import org.airflowappliance.release.Keys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** rpm knows which files of derived trees are texts of licences. */
class LicenceFlagsTest {
  private static final int LICENCE = 1 << 7;

  @TempDir Path folder;

  /** Files of these names. */
  private record Tree(List<String> names) implements Derived {
    @Override
    public String name() {
      return "tree";
    }

    @Override
    public String recipe() {
      return Integer.toHexString(names.hashCode());
    }

    @Override
    public void make(Path empty, Workbench workbench) throws IOException {
      for (String name : names) {
        Files.createDirectories(empty.resolve(name).getParent());
        Files.writeString(empty.resolve(name), name);
      }
    }
  }

  @Test
  void textsInDistInfosAndBelowLicensesAreMarkedAndNothingElse() throws IOException {
    RpmSpec spec =
        new RpmSpec(
            "sample",
            "1",
            "1.el8",
            "noarch",
            "A sample",
            "A sample.",
            "MIT",
            "https://x.example/",
            "Somebody",
            "Applications/System",
            "- Made.",
            List.of(),
            List.of(),
            List.of(),
            Map.of(),
            FileTree.of(List.of()),
            Map.of());
    Tree packages =
        new Tree(
            List.of(
                "a-1.dist-info/LICENSE.txt",
                "a-1.dist-info/licenses/any/name",
                "a-1.dist-info/METADATA",
                "a/LICENSE.py",
                "b-1.dist-info/COPYING",
                "b-1.dist-info/license_files/LICENSE.md"));
    PackagePlan plan =
        new PackagePlan(
            spec,
            List.of(),
            List.of(
                new DerivedTree(packages, "/usr/lib/sample"),
                new DerivedTree(new Tree(List.of("c/LICENSE")), "/usr/share/licenses/sample")));
    Path rpm = new FolderWorkbench(folder, Instant.EPOCH, Keys.signer()).write(plan);
    assertThat(RpmHeader.read(rpm).files())
        .filteredOn(file -> (file.flags() & LICENCE) != 0)
        .extracting(RpmFile::path)
        .containsExactlyInAnyOrder(
            "/usr/lib/sample/a-1.dist-info/LICENSE.txt",
            "/usr/lib/sample/a-1.dist-info/licenses/any/name",
            "/usr/lib/sample/b-1.dist-info/COPYING",
            "/usr/lib/sample/b-1.dist-info/license_files/LICENSE.md",
            "/usr/share/licenses/sample/c/LICENSE");
  }
}
