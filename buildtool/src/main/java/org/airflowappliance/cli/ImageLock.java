package org.airflowappliance.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.airflowappliance.debian.Closure;
import org.airflowappliance.debian.Suite;
import org.airflowappliance.image.ImageSource;
import org.airflowappliance.lock.Mirrors;
import org.airflowappliance.plan.PinRows;

/**
 * Resolves the packages of the images anew.
 *
 * @param bench for the Store and the display
 * @param mirrors of Debian
 * @param keyring that may have signed the suites
 * @param now for the suites' age
 */
record ImageLock(LockBench bench, Mirrors mirrors, Path keyring, Instant now) {
  /** What differs from the locks below {@code folder}. */
  LockFiles resolved(Path folder, List<ImageSource> images) throws IOException {
    Map<String, String> fresh = new LinkedHashMap<>();
    for (ImageSource image : images) {
      bench.progress("resolving the packages of " + image.lock(), 0, 0);
      Suite suite = Suite.fetch(mirrors, image.suite(), keyring, now);
      fresh.put(
          image.lock(),
          PinRows.text(Closure.of(suite.index(bench.store()), image.packages(), image.without())));
    }
    return LockFiles.between(folder, fresh);
  }
}
