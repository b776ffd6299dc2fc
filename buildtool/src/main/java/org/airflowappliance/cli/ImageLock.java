package org.airflowappliance.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.airflowappliance.debian.Closure;
import org.airflowappliance.debian.Suite;
import org.airflowappliance.image.ImageSource;
import org.airflowappliance.lock.Mirrors;
import org.airflowappliance.plan.PinRows;

/**
 * Resolves the packages of the images anew and rewrites their lock files.
 *
 * @param bench for the Store and the display
 * @param mirrors of Debian
 * @param keyring that may have signed the suites
 * @param now for the suites' age
 */
record ImageLock(LockBench bench, Mirrors mirrors, Path keyring, Instant now) {
  /** Resolves, writes what differs below {@code folder}, and says what it was. */
  List<String> renew(Path folder, List<ImageSource> images) throws IOException {
    List<String> changes = new ArrayList<>();
    for (ImageSource image : images) {
      bench.progress("resolving the packages of " + image.lock(), 0, 0);
      Suite suite = Suite.fetch(mirrors, image.suite(), keyring, now);
      String text =
          PinRows.text(Closure.of(suite.index(bench.store()), image.packages(), image.without()));
      Path file = folder.resolve(image.lock());
      String old = Files.exists(file) ? Files.readString(file) : "";
      if (!old.equals(text)) {
        changes.addAll(LockChanges.between(image.lock(), old, text));
        LineLock.replace(file, text);
      }
    }
    return changes;
  }
}
