package org.airflowappliance.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.airflowappliance.debian.Closure;
import org.airflowappliance.debian.Suite;
import org.airflowappliance.kickstart.BootLoaders;
import org.airflowappliance.lock.Mirrors;
import org.airflowappliance.plan.Definitions;
import org.airflowappliance.plan.PinRows;

/**
 * Renews the lock of the boot loaders' packages.
 *
 * @param keyring keys that may have signed Debian's indices
 * @param now to refuse an index whose time is over
 */
record BootLock(
    Definitions definitions, LockBench bench, Mirrors mirrors, Path keyring, Instant now) {
  /** Resolves, writes what differs below {@code folder}, and says what it was. */
  List<String> renew(Path folder) throws IOException {
    BootLoaders loaders = BootLoaders.read(definitions);
    bench.progress("resolving the packages of " + loaders.suite(), 0, 0);
    Suite suite = Suite.fetch(mirrors, loaders.suite(), keyring, now);
    return replace(
        folder.resolve(BootLoaders.LOCK),
        PinRows.text(
            Closure.of(suite.index(bench.store()), loaders.packages(), loaders.without())));
  }

  /** Writes a lock that differs from the one that is there. */
  static List<String> replace(Path file, String text) throws IOException {
    String old = Files.exists(file) ? Files.readString(file) : "";
    if (old.equals(text)) {
      return List.of();
    }
    LineLock.replace(file, text);
    return LockChanges.between(file.getFileName().toString(), old, text);
  }
}
