package org.airflowappliance.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.airflowappliance.image.ImageSource;
import org.airflowappliance.lock.Mirrors;
import org.airflowappliance.lock.Store;
import org.airflowappliance.plan.AirflowLine;
import org.airflowappliance.plan.AirflowLines;
import org.airflowappliance.plan.Definitions;
import org.airflowappliance.plan.PackedDefinitions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code appliance lock}: the only command that asks which version. */
@Command(
    name = "lock",
    description = {
      "Resolves all versions anew and rewrites the lock files of the Airflow lines, the images and the"
          + " boot loaders.",
      "A changed line, or a changed image, gets the next serial, so that what is built is newer than"
          + " before."
    },
    footer = {"", "Example, in a checkout:", "  appliance lock && git diff"})
final class LockCommand implements Callable<Integer> {
  @Mixin Verbosity verbosity;

  @Option(
      names = "--definitions",
      paramLabel = "DIR",
      defaultValue = ".",
      description =
          "The folder that holds rpm and images; their locks are rewritten (default: this folder).")
  Path folder;

  @Option(
      names = "--line",
      paramLabel = "VERSION",
      split = ",",
      description =
          "Only these Airflow versions; the images, which carry the serial of all, and the boot loaders are"
              + " renewed only without it.")
  List<String> versions = List.of();

  @Option(
      names = "--debian-mirror",
      paramLabel = "URL",
      description = "Where Debian packages are fetched (default: the machine's own apt sources).")
  String debianMirror;

  @Option(
      names = "--debian-keyring",
      paramLabel = "FILE",
      defaultValue = "/usr/share/keyrings/debian-archive-keyring.gpg",
      description = "Keys that may have signed Debian's indices (default: ${DEFAULT-VALUE}).")
  Path keyring;

  @Option(
      names = "--rocky-mirror",
      paramLabel = "URL",
      description =
          "Also lock the installer that `build --with-installer` copies, as this mirror of Rocky Linux 8 has it.")
  String rockyMirror;

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description =
          "Cache of downloads and derived files (default: APPLIANCE_CACHE, else the user's cache folder).")
  Path cache;

  @Override
  public Integer call() throws IOException {
    if (!Files.isDirectory(folder.resolve("rpm/lines"))) {
      throw new UserError(
          "--definitions: '"
              + folder
              + "' holds no folder rpm/lines; run it in a checkout or name one (the definitions"
              + " inside the tool itself cannot be rewritten)");
    }
    Definitions definitions = PackedDefinitions.folder(folder);
    Mirrors mirrors = new Mirrors(debianMirror);
    Console console = new Console(System.err, Console.onTerminal(), verbosity.quiet());
    Store store = new Store(Common.cacheFolder(cache), mirrors, false, console::progress);
    try {
      resolved(definitions, mirrors, new LockBench(store, console))
          .write((what, changes) -> say(what, changes, console));
      if (rockyMirror != null) {
        say("installer", new InstallerLock(rockyMirror).renew(folder), console);
      }
    } finally {
      console.clear();
    }
    return 0;
  }

  private LockSet resolved(Definitions definitions, Mirrors mirrors, LockBench bench)
      throws IOException {
    Instant now = Instant.now();
    List<String> chosen = chosen(AirflowLines.versions(definitions));
    Map<String, LockFiles> others = new TreeMap<>();
    boolean raise = false;
    if (versions.isEmpty()) {
      AirflowLine line = AirflowLines.read(definitions, chosen.get(0));
      LockFiles images =
          new ImageLock(bench, mirrors, keyring, now)
              .resolved(folder, ImageSource.all(definitions, line));
      others.put("images", images);
      others.put(
          "boot loaders", new BootLock(definitions, bench, mirrors, keyring, now).resolved(folder));
      // an image carries the serial of each line
      raise = !images.isEmpty();
    }
    Map<String, LockFiles> lines = new TreeMap<>();
    LineLock lock = new LineLock(definitions, bench, mirrors, keyring, now);
    for (String version : chosen) {
      lines.put(version, lock.resolved(folder, version, raise));
    }
    return new LockSet(lines, others);
  }

  private void say(String what, List<String> changes, Console console) {
    console.clear();
    System.out.println(what + ": " + (changes.isEmpty() ? "nothing changed" : "changed"));
    if (!verbosity.quiet()) {
      changes.forEach(change -> System.out.println("  " + change));
    }
  }

  private List<String> chosen(List<String> known) {
    for (String version : versions) {
      if (!known.contains(version)) {
        throw new UserError(
            "--line: there is no line '" + version + "' in rpm/lines; known are " + known);
      }
    }
    return versions.isEmpty() ? known : versions;
  }
}
