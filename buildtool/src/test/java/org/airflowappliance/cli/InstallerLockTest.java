package org.airflowappliance.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.airflowappliance.kickstart.Examples;
import org.airflowappliance.kickstart.PxeTree;
import org.airflowappliance.lock.Mirror;
import org.airflowappliance.lock.Mirrors;
import org.airflowappliance.lock.Store;
import org.airflowappliance.lock.StoreProblem;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Definitions;
import org.airflowappliance.plan.PackedDefinitions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The installer is locked from a mirror's own list, and then copied only as it was locked. */
class InstallerLockTest {
  private static final String TREE = "BaseOS/x86_64/os/";

  @TempDir Path folder;

  @Test
  void theInstallerIsCopiedAsItWasLocked() throws Exception {
    try (Mirror mirror = mirror("the kernel")) {
      assertThat(new InstallerLock(mirror.base().toString()).renew(definitions()))
          .containsExactlyInAnyOrder(
              "installer.lock: vmlinuz 8.10 added", "installer.lock: initrd.img 8.10 added");
      List<Artifact> copies = copies(mirror);
      assertThat(copies.stream().map(each -> each.path().value()))
          .containsExactly("pxe/installer/vmlinuz", "pxe/installer/initrd.img");
      assertThat(written(copies.get(0))).hasContent("the kernel");

      Artifact menu = planned(mirror, "pxe").get(0);
      assertThat(Examples.text(folder.resolve("menus"), menu))
          .contains("kernel http://192.168.11.5/airflow/pxe/installer/vmlinuz inst.ks=")
          .contains("inst.stage2=" + mirror.base() + "/BaseOS/x86_64/os ");
      assertThat(new InstallerLock(mirror.base().toString()).renew(definitions())).isEmpty();
    }
  }

  @Test
  void anotherKernelThanTheLockedOneIsRefused() throws Exception {
    try (Mirror mirror = mirror("the kernel")) {
      new InstallerLock(mirror.base().toString()).renew(definitions());
      mirror.with(TREE + "images/pxeboot/vmlinuz", bytes("the Kernel"));
      Artifact kernel = copies(mirror).get(0);
      assertThatExceptionOfType(StoreProblem.class)
          .isThrownBy(() -> written(kernel))
          .withMessageContaining("images/pxeboot/vmlinuz: cannot be fetched")
          .withMessageContaining("the lock says " + sha256("the kernel"));
    }
  }

  @Test
  void aLockWithoutTheInstallerSaysWhatToDo() throws Exception {
    try (Mirror mirror = new Mirror()) {
      definitions();
      assertThatExceptionOfType(StoreProblem.class)
          .isThrownBy(() -> copies(mirror))
          .withMessageContaining("run `appliance lock --rocky-mirror URL`");
      assertThatExceptionOfType(UserError.class)
          .isThrownBy(() -> new InstallerLock(mirror.base().toString()).renew(folder))
          .withMessageStartingWith("--rocky-mirror: BaseOS/x86_64/os/.treeinfo: cannot be fetched")
          .withMessageEndingWith("answers 404; name another mirror: --rocky-mirror URL");
    }
  }

  @Test
  void aMirrorThatLacksAFileOrIsNoneIsToldByItsOption() throws Exception {
    try (Mirror half = new Mirror().with(TREE + ".treeinfo", bytes(info("the kernel")))) {
      assertThat(refusal(half.base().toString()))
          .isEqualTo(
              "--rocky-mirror: "
                  + half.base()
                  + "/BaseOS/x86_64/os/images/pxeboot/vmlinuz answers 404; name another mirror");
    }
    assertThat(refusal("mirror"))
        .isEqualTo("--rocky-mirror: 'mirror' is not a URL; write http://HOST/PATH or https://…");
  }

  private String refusal(String url) {
    return catchThrowableOfType(UserError.class, () -> new InstallerLock(url).renew(folder))
        .getMessage();
  }

  private static String info(String kernel) throws Exception {
    return """
        [general]
        family = Rocky Linux
        version = 8.10
        arch = x86_64
        [checksums]
        images/pxeboot/vmlinuz = sha256:%s
        images/pxeboot/initrd.img = sha256:%s
        """
        .formatted(sha256(kernel), sha256("the initrd"));
  }

  private static Mirror mirror(String kernel) throws Exception {
    return new Mirror()
        .with(TREE + ".treeinfo", bytes(info(kernel)))
        .with(TREE + "images/pxeboot/vmlinuz", bytes(kernel))
        .with(TREE + "images/pxeboot/initrd.img", bytes("the initrd"));
  }

  /** A copy of the project's definitions, whose lock may be rewritten. */
  private Path definitions() throws IOException {
    Path copy = folder.resolve("definitions");
    for (String name : List.of("kickstart", "rpm/lines")) {
      Path source = Path.of("..").resolve(name);
      try (Stream<Path> walk = Files.walk(source)) {
        for (Path file : walk.filter(Files::isRegularFile).toList()) {
          Path target = copy.resolve(name).resolve(source.relativize(file).toString());
          if (!Files.exists(target)) {
            Files.createDirectories(target.getParent());
            Files.copy(file, target);
          }
        }
      }
    }
    return copy;
  }

  private List<Artifact> copies(Mirror mirror) throws IOException {
    return planned(mirror, "installer");
  }

  private List<Artifact> planned(Mirror mirror, String kind) throws IOException {
    Definitions definitions = PackedDefinitions.folder(folder.resolve("definitions"));
    String provisioning = "provisioning:\n";
    return new PxeTree()
            .plan(
                Examples.changed(
                        folder,
                        definitions,
                        provisioning,
                        provisioning + "  rockyMirror: " + mirror.base() + "\n")
                    .withInstaller(true),
                List.of())
            .stream()
            .filter(each -> each.kind().equals(kind))
            .toList();
  }

  private Path written(Artifact artifact) throws IOException {
    Console console = new Console(System.err, false, true);
    Store store = new Store(folder.resolve("cache"), new Mirrors(null), false, console::progress);
    Path target = folder.resolve("copy");
    artifact.write(target, new LockBench(store, console));
    return target;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String sha256(String text) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes(text)));
  }
}
