package org.airflowappliance.release;

import java.nio.file.Path;
import java.util.List;
import org.airflowappliance.plan.ReleasePath;

/**
 * What a build did.
 *
 * @param target the release folder
 * @param files every file with its size in bytes, and whether it was made now or came from the
 *     cache
 * @param warnings what the operator should know, one line each
 */
public record BuildReport(Path target, List<Built> files, List<String> warnings) {
  public BuildReport {
    files = List.copyOf(files);
    warnings = List.copyOf(warnings);
  }

  /** One file of the release. */
  public record Built(ReleasePath path, String kind, long size, String sha256, boolean reused) {}
}
