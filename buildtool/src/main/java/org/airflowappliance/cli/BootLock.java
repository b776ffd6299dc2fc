package org.airflowappliance.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
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
  /** What differs from the lock below {@code folder}. */
  LockFiles resolved(Path folder) throws IOException {
    BootLoaders loaders = BootLoaders.read(definitions);
    bench.progress("resolving the packages of " + loaders.suite(), 0, 0);
    Suite suite = Suite.fetch(mirrors, loaders.suite(), keyring, now);
    return between(
        folder.resolve(BootLoaders.LOCK),
        PinRows.text(
            Closure.of(suite.index(bench.store()), loaders.packages(), loaders.without())));
  }

  /** A lock, when it differs from the one that is there. */
  static LockFiles between(Path file, String text) throws IOException {
    return LockFiles.between(file.getParent(), Map.of(file.getFileName().toString(), text));
  }
}
