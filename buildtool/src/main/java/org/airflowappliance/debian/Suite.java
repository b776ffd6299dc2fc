package org.airflowappliance.debian;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.airflowappliance.lock.Mirrors;
import org.airflowappliance.lock.Pin;
import org.airflowappliance.lock.Store;
import org.airflowappliance.lock.StoreProblem;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * A release of Debian as a mirror has it now: its signed list of indices.
 *
 * @param name code name, such as bullseye
 * @param release the verified text of {@code InRelease}
 */
public record Suite(String name, String release) {
  private static final String INDEX = "main/binary-amd64/Packages.xz";

  /**
   * Asks the mirrors for the newest state and checks its signature and its age.
   *
   * @param keyring public keys that may have signed it
   * @param now to refuse a state whose time is over
   */
  public static Suite fetch(Mirrors mirrors, String name, Path keyring, Instant now)
      throws IOException {
    String location = "dists/" + name + "/InRelease";
    String text = ClearSigned.read(location, mirrors.unlocked(location)).verified(keyring);
    Suite suite = new Suite(name, text);
    if (!suite.field("Codename").equals(Optional.of(name))
        && !suite.field("Suite").equals(Optional.of(name))) {
      throw new StoreProblem(
          location
              + ": is of "
              + suite.field("Codename").orElse("no release")
              + ", not of "
              + name
              + "; name another mirror with --debian-mirror");
    }
    suite
        .field("Valid-Until")
        .filter(until -> time(until).isBefore(now))
        .ifPresent(
            until -> {
              throw new StoreProblem(
                  location
                      + ": was valid until "
                      + until
                      + "; this mirror is no longer kept up to date: name another one with"
                      + " --debian-mirror");
            });
    return suite;
  }

  private static Instant time(String text) {
    return ZonedDateTime.parse(
            text.replace("UTC", "GMT"),
            DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT))
        .toInstant();
  }

  private Optional<String> field(String field) {
    return release
        .lines()
        .filter(line -> line.startsWith(field + ":"))
        .map(line -> line.substring(field.length() + 1).strip())
        .findFirst();
  }

  /** The index of its main component for amd64. */
  public PackageIndex index(Store store) throws IOException {
    Path file = store.pinned(indexPin());
    try (Reader text =
        new InputStreamReader(
            new XZCompressorInputStream(new BufferedInputStream(Files.newInputStream(file))),
            StandardCharsets.UTF_8)) {
      return PackageIndex.read(name, text);
    }
  }

  /** The row of the index below the heading {@code SHA256:}. */
  Pin indexPin() {
    boolean sha256 = false;
    for (String line : release.lines().toList()) {
      if (!line.startsWith(" ")) {
        sha256 = line.equals("SHA256:");
      } else if (sha256) {
        List<String> row = List.of(line.strip().split("\\s+"));
        if (row.size() == 3 && row.get(2).equals(INDEX)) {
          return new Pin(
              name + " index",
              field("Date").orElse("undated"),
              "dists/" + name + "/" + INDEX,
              Long.parseLong(row.get(1)),
              row.get(0));
        }
      }
    }
    throw new StoreProblem(
        "dists/" + name + "/InRelease: does not list " + INDEX + "; name another mirror");
  }
}
