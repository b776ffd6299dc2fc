package org.airflowappliance.kickstart;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.airflowappliance.lock.StoreProblem;

/**
 * The file {@code .treeinfo} of an installation tree of Rocky Linux.
 *
 * @param version version of the distribution
 * @param digests path below the tree to SHA-256
 */
public record RockyTree(String version, Map<String, String> digests) {
  /** The installation tree of a mirror. */
  public static final String BASE = "BaseOS/x86_64/os";

  /** Files that a machine loads when it boots from the network, below the tree. */
  public static final List<String> BOOTED =
      List.of("images/pxeboot/vmlinuz", "images/pxeboot/initrd.img");

  public RockyTree {
    digests = Map.copyOf(digests);
  }

  /**
   * Reads what a mirror answers.
   *
   * @throws StoreProblem when it is not the tree of a Rocky Linux 8 for x86_64
   */
  public static RockyTree parse(String place, String text) {
    Map<String, String> all = sections(text);
    String family = all.getOrDefault("general/family", "nothing");
    String version = all.getOrDefault("general/version", "nothing");
    String arch = all.getOrDefault("general/arch", "nothing");
    if (!family.startsWith("Rocky") || !version.matches("8(\\.\\d+)*") || !arch.equals("x86_64")) {
      throw new StoreProblem(
          place
              + ": is of '"
              + String.join(" ", family, version, arch)
              + "' instead of Rocky Linux 8 x86_64; name another mirror");
    }
    Map<String, String> digests = new LinkedHashMap<>();
    List<String> missing = new ArrayList<>();
    for (String file : BOOTED) {
      String digest = all.getOrDefault("checksums/" + file, "");
      if (digest.matches("sha256:[0-9a-f]{64}")) {
        digests.put(file, digest.substring("sha256:".length()));
      } else {
        missing.add(file);
      }
    }
    if (!missing.isEmpty()) {
      throw new StoreProblem(place + ": has no SHA-256 of " + missing + "; name another mirror");
    }
    return new RockyTree(version, digests);
  }

  /** Lines {@code key = value} below a heading {@code [section]}, by {@code section/key}. */
  private static Map<String, String> sections(String text) {
    Map<String, String> all = new LinkedHashMap<>();
    String section = "";
    for (String line : text.lines().map(String::strip).toList()) {
      int equals = line.indexOf('=');
      if (line.startsWith("[") && line.endsWith("]")) {
        section = line.substring(1, line.length() - 1);
      } else if (equals > 0 && !line.startsWith(";") && !line.startsWith("#")) {
        all.put(
            section + "/" + line.substring(0, equals).strip(), line.substring(equals + 1).strip());
      }
    }
    return all;
  }
}
