package org.airflowappliance.bundle;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.airflowappliance.lock.StoreProblem;
import org.airflowappliance.program.Command;
import org.airflowappliance.verify.Certificate;
import org.airflowappliance.verify.Verification;
import org.apache.commons.compress.compressors.CompressorException;
import org.apache.commons.compress.compressors.CompressorStreamFactory;

/**
 * What nodes need besides a release's own packages, with all that needs in turn: dnf chooses it
 * from mirrors for a machine that has nothing.
 *
 * @param mirrors URLs of dnf repositories, each once
 * @param keys one of them has to have signed each package
 */
public record ForeignPackages(List<String> mirrors, List<Certificate> keys) {
  private static final String TOOLS =
      "appliance bundle: others' packages take dnf with its command `download` and createrepo_c (on Debian 12: apt-get install dnf"
          + " dnf-plugins-core createrepo-c; on EL8: dnf install dnf-plugins-core createrepo_c)";

  /** Of dnf itself: nothing of this machine's settings, and no less than all mirrors. */
  private static final String MAIN =
      """
      [main]
      reposdir=/nonexistent
      cachedir=%1$s/cache
      persistdir=%1$s/persist
      logdir=%1$s
      module_platform_id=platform:el8
      gpgcheck=0
      skip_if_unavailable=0

      [release]
      name=release
      baseurl=%2$s
      priority=1
      """;

  private static final String MIRROR =
      """

      [mirror%1$d]
      name=mirror%1$d
      baseurl=%2$s
      """;

  /**
   * Fetches the packages and makes a dnf repository of them.
   *
   * @param own the folder of a release's packages
   * @param cluster the package that is to be installed on nodes
   * @param work an empty folder
   * @return the repository's folder, in {@code work}
   */
  Path fetch(Path own, String cluster, Path work) throws IOException {
    for (Command tool :
        List.of(
            new Command("dnf").with("download", "--help"),
            new Command("createrepo_c").with("--version"))) {
      run(tool, work, TOOLS);
    }
    Path packages = Files.createDirectory(work.resolve("foreign"));
    Path root = Files.createDirectory(work.resolve("root"));
    download(own, cluster, root, packages, work);
    List<String> problems = new ArrayList<>();
    for (Path rpm : files(packages)) {
      if (Files.exists(own.resolve(rpm.getFileName()))) {
        Files.delete(rpm);
        continue;
      }
      // the time stands in the metadata, and it is no time of the package's
      Files.setLastModifiedTime(rpm, FileTime.fromMillis(0));
      complaints(rpm).forEach(each -> problems.add(rpm.getFileName() + ": " + each));
    }
    if (!problems.isEmpty()) {
      throw new BundleProblem(problems);
    }
    index(packages, modules(root, work), work);
    return packages;
  }

  private List<String> complaints(Path rpm) {
    try {
      return Verification.packageSigned(rpm, keys);
    } catch (IOException | RuntimeException damaged) {
      // parsers answer so to what is no package
      return List.of("is no whole package (" + damaged + "); name a mirror that has it");
    }
  }

  private void download(Path own, String cluster, Path root, Path packages, Path work)
      throws IOException {
    StringBuilder settings = new StringBuilder(MAIN.formatted(work, own.toUri()));
    int number = 0;
    for (String mirror : mirrors) {
      settings.append(MIRROR.formatted(++number, mirror));
    }
    Path file = Files.writeString(work.resolve("dnf.conf"), settings);
    Command dnf =
        new Command("dnf")
            .with("-q", "-y", "-c", file.toString(), "--installroot=" + root, "--releasever=8")
            .with("--disableplugin=*", "--enableplugin=download")
            .with("--forcearch=x86_64", "download", "--resolve", "--alldeps")
            .with("--destdir=" + packages, cluster);
    run(dnf, work, "appliance bundle: nodes need all that is named here; see to the mirrors");
  }

  private static void run(Command command, Path work, String action) throws IOException {
    try {
      command.run(work);
    } catch (StoreProblem problem) {
      throw new BundleProblem(List.of(problem.getMessage().strip(), action));
    }
  }

  /**
   * What mirrors say of modules. Without it dnf installs no package that is of one.
   *
   * @param root where dnf keeps what it fetched
   */
  private static Path modules(Path root, Path work) throws IOException {
    Path modules = work.resolve("modules.yaml");
    List<Path> found;
    try (Stream<Path> walk = Files.walk(root)) {
      found =
          walk.filter(each -> each.getFileName().toString().matches(".*modules\\.yaml(\\..*)?"))
              .sorted()
              .toList();
    }
    try (OutputStream out = Files.newOutputStream(modules)) {
      for (Path each : found) {
        append(each, out);
      }
    }
    return modules;
  }

  private static void append(Path file, OutputStream out) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      if (file.toString().endsWith(".yaml")) {
        in.transferTo(out);
        out.write('\n'); // a list need not end its last line
        return;
      }
      try (InputStream open = new CompressorStreamFactory(true).createCompressorInputStream(in)) {
        open.transferTo(out);
        out.write('\n');
      }
    } catch (CompressorException unknown) {
      throw new BundleProblem(
          List.of(
              "%s: the mirror compresses it in a way that is not known here (%s); name a mirror that has it as gzip, xz or bzip2"
                  .formatted(file.getFileName(), unknown.getMessage())));
    }
  }

  private static void index(Path packages, Path modules, Path work) throws IOException {
    String problem =
        "appliance bundle: the metadata of others' packages was not made; see to what is said above";
    run(
        new Command("createrepo_c")
            .with("--quiet", "--no-database", "--simple-md-filenames", "--general-compress-type=gz")
            .with(packages.toString()),
        work,
        problem);
    Path folder = packages.resolve("repodata");
    if (Files.size(modules) > 0) {
      run(
          new Command("modifyrepo_c")
              .with("--simple-md-filenames", "--compress-type=gz", "--mdtype=modules")
              .with(modules.toString(), folder.toString()),
          work,
          problem);
    }
    // the same packages give the same bytes whenever they are fetched
    Path list = folder.resolve("repomd.xml");
    Files.writeString(
        list, Files.readString(list).replaceAll("<(timestamp|revision)>[0-9]+</", "<$1>0</"));
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> list = Files.list(folder)) {
      return list.sorted().toList();
    }
  }
}
