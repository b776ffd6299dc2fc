package org.airflowappliance.it.artifact;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.airflowappliance.it.site.Program;

/**
 * Two dnf repositories as EL8's are, by the tools that make those: packages that need each other,
 * one of them of a module, signed by a key of their own.
 *
 * @param folder holds them and the key
 */
record Mirror(Path folder) {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final String KEY_NAME = "Mirror of the tests";

  /** What nodes need and what that needs; {@code other} is asked for by nobody. */
  private static final String SPEC =
      """
      Name: mirror
      Version: 1
      Release: 1.el8
      Summary: A package of the tests
      License: MIT
      %description
      Stands for one of EL8's.
      """;

  private static final String PACKAGE =
      """
      %%package -n %1$s
      Summary: A package of the tests
      %2$s
      %%description -n %1$s
      Stands for one of EL8's.
      %%files -n %1$s
      """;

  private static final Map<String, String> BASE =
      Map.of(
          "bash", "Provides: /bin/sh\nRequires: glibc",
          "glibc", "",
          "systemd", "Requires: bash\nObsoletes: sysvinit < 2",
          "shadow-utils", "Requires: (glibc if bash)",
          "firewalld-filesystem", "",
          "other", "");
  private static final Map<String, String> APPLICATIONS =
      Map.of("s3fs-fuse", "Requires: fuse-libs", "fuse-libs", "");
  private static final Map<String, String> MODULAR =
      Map.of("python39", "Requires: glibc\nModularityLabel: python39:3.9:1:abcdef");

  private static final String MODULES =
      """
      ---
      document: modulemd
      version: 2
      data:
        name: python39
        stream: "3.9"
        version: 1
        context: abcdef
        arch: x86_64
        summary: Python
        description: Python
        license:
          module: [MIT]
        artifacts:
          rpms:
          - python39-0:1-1.el8.x86_64
      ...
      ---
      document: modulemd-defaults
      version: 1
      data:
        module: python39
        stream: "3.9"
      ...
      """;

  static Mirror create(Path folder) throws IOException {
    Mirror mirror = new Mirror(Files.createDirectories(folder));
    mirror.build("BaseOS", BASE);
    mirror.build("AppStream", APPLICATIONS);
    mirror.build("AppStream", MODULAR);
    mirror.sign();
    for (Path each : mirror.repositories()) {
      mirror.index(each);
    }
    return mirror;
  }

  List<Path> repositories() {
    return List.of(folder.resolve("BaseOS"), folder.resolve("AppStream"));
  }

  Path publicKey() {
    return folder.resolve("mirror.asc.pub");
  }

  private void build(String repository, Map<String, String> packages) throws IOException {
    StringBuilder spec = new StringBuilder(SPEC);
    packages.forEach((name, more) -> spec.append(PACKAGE.formatted(name, more)));
    Path file = Files.writeString(folder.resolve("mirror.spec"), spec);
    Program.run(
        LIMIT,
        "rpmbuild",
        "--quiet",
        "-bb",
        "--target",
        "x86_64",
        "--define",
        "_topdir " + folder.resolve("build"),
        "--define",
        "_rpmdir " + folder.resolve(repository),
        "--define",
        "_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm",
        file.toString());
  }

  private void sign() throws IOException {
    Path secret = folder.resolve("mirror.asc");
    Tool.run(folder, Map.of(), "key", "generate", secret.toString(), "--user-id", KEY_NAME);
    Tool.exported(secret, folder);
    String keyring = Files.createDirectory(folder.resolve("keyring")).toString();
    Program.run(LIMIT, "chmod", "700", keyring);
    try {
      Program.run(
          LIMIT, "gpg", "--homedir", keyring, "--batch", "--quiet", "--import", secret.toString());
      List<String> command =
          new ArrayList<>(
              List.of(
                  "rpmsign",
                  "--define",
                  "__gpg /usr/bin/gpg",
                  "--define",
                  "_gpg_path " + keyring,
                  "--define",
                  "_gpg_name " + KEY_NAME,
                  "--addsign"));
      for (Path each : repositories()) {
        packages(each).forEach(rpm -> command.add(rpm.toString()));
      }
      Program.run(LIMIT, command.toArray(String[]::new));
    } finally {
      Program.run(LIMIT, "gpgconf", "--homedir", keyring, "--kill", "all");
    }
  }

  static List<Path> packages(Path repository) throws IOException {
    try (Stream<Path> list = Files.list(repository)) {
      return list.filter(each -> each.toString().endsWith(".rpm")).sorted().toList();
    }
  }

  /** Makes a repository's metadata, also anew. */
  void index(Path repository) throws IOException {
    Program.run(LIMIT, "createrepo_c", "--quiet", repository.toString());
    if (repository.endsWith("AppStream")) {
      Path modules = Files.writeString(folder.resolve("modules.yaml"), MODULES);
      Program.run(
          LIMIT,
          "modifyrepo_c",
          "--mdtype=modules",
          modules.toString(),
          repository.resolve("repodata").toString());
    }
  }
}
