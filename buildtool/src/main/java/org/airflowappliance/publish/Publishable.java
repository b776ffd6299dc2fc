package org.airflowappliance.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.airflowappliance.file.Tally;
import org.airflowappliance.release.Checksums;
import org.airflowappliance.release.ReleaseIndex;
import org.airflowappliance.verify.Verification;

/**
 * A release that fits together, with what publishing has to know of it.
 *
 * @param folder where it is
 * @param cluster its name
 * @param serial its number
 * @param files what is to be published, by path: SHA-256, hexadecimal
 */
public record Publishable(Path folder, String cluster, int serial, TreeMap<String, String> files) {
  /**
   * Reads it whole.
   *
   * @throws PublishProblem when a file is missing, too much, or not as the lists say
   */
  public static Publishable of(Path folder) throws IOException {
    Verification found = Verification.lists(folder);
    if (!found.problems().isEmpty()) {
      throw new PublishProblem(found.problems().stream().map(each -> folder + "/" + each).toList());
    }
    byte[] sums = Files.readAllBytes(folder.resolve(Checksums.NAME));
    TreeMap<String, String> files = listed(new String(sums, StandardCharsets.UTF_8));
    files.put(Checksums.NAME, sha256(sums));
    files.put(Checksums.SIGNATURE, sha256(Files.readAllBytes(folder.resolve(Checksums.SIGNATURE))));
    JsonNode index = new ObjectMapper().readTree(folder.resolve(ReleaseIndex.NAME).toFile());
    return new Publishable(
        folder, index.path("cluster").asText(), index.path("release").asInt(), files);
  }

  /** What a list of sha256sum's says, by path. */
  static TreeMap<String, String> listed(String sums) {
    TreeMap<String, String> files = new TreeMap<>();
    sums.lines()
        .filter(line -> line.matches("[0-9a-f]{64} {2}.+"))
        .forEach(line -> files.put(line.substring(66), line.substring(0, 64)));
    return files;
  }

  /**
   * Its folder where it is published: no other release has the same, nor the same one otherwise
   * built.
   */
  Edition edition() {
    return Edition.of(serial, files.get(Checksums.NAME));
  }

  /** The files that have one address for all releases, with their digests. */
  Map<String, String> lasting() {
    TreeMap<String, String> lasting = new TreeMap<>(files);
    lasting.keySet().removeIf(each -> !Layout.isLasting(each));
    return lasting;
  }

  long size(String path) {
    try {
      return Files.size(folder.resolve(path));
    } catch (IOException gone) {
      return 0; // reading it will say why
    }
  }

  private static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(Tally.digest("SHA-256").digest(bytes));
  }
}
