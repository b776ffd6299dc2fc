package org.airflowappliance.it.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.airflowappliance.it.site.Kickstart;
import org.airflowappliance.it.site.Program;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Promise: every kickstart is one that the installer of EL8 reads, with scripts that bash reads.
 */
@Tag("artifact")
@Execution(ExecutionMode.CONCURRENT)
class KickstartFileIT {
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final String MIRRORS =
      "provisioning:\n  rockyMirror: http://10.0.0.5/rocky/8\n  epelMirror: http://10.0.0.5/epel/8\n";

  @TempDir static Path folder;

  private static final List<Path> FILES = new ArrayList<>();

  @BeforeAll
  static void build() throws IOException {
    String example = Files.readString(Tool.ROOT.resolve("buildtool/examples/homelab.yaml"));
    build("public", example);
    build("mirrors", example.replace("provisioning:\n", MIRRORS));
    assertThat(FILES).hasSize(6);
  }

  private static void build(String name, String cluster) throws IOException {
    Files.writeString(folder.resolve(name + ".yaml"), cluster);
    Tool.run(folder, Map.of(), "build", name + ".yaml", "--only", "kickstart", "-o", name);
    try (Stream<Path> files = Files.list(folder.resolve(name).resolve("kickstart"))) {
      files.sorted().forEach(FILES::add);
    }
  }

  @Test
  void ksvalidatorFindsNothing() throws IOException {
    for (Path file : FILES) {
      Program checked = validated(file);
      assertThat(checked.code()).as(checked.out() + checked.err()).isZero();
    }
  }

  @Test
  void ksvalidatorWouldFindAnOptionThatIsUnknown() throws IOException {
    Path wrong = folder.resolve("wrong.ks");
    Files.writeString(
        wrong, Files.readString(FILES.get(0)).replace("selinux --enforcing", "selinux --strict"));
    Program checked = validated(wrong);
    assertThat(checked.out() + checked.err()).contains("unrecognized arguments: --strict");
  }

  private static Program validated(Path file) throws IOException {
    String validator = Tool.ROOT.resolve("it-tests/boot/ksvalidator").toString();
    return Program.attempt(LIMIT, new ProcessBuilder(validator, "-v", "RHEL8", file.toString()));
  }

  @Test
  void bashReadsTheScripts() throws IOException {
    for (Path file : FILES) {
      for (String section : List.of("%pre", "%post")) {
        Path script = Files.createTempFile(folder, "section", ".sh");
        Files.writeString(script, Kickstart.read(file).section(section));
        Program.run(LIMIT, "bash", "-n", script.toString());
      }
    }
  }
}
