package org.airflowappliance.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Makes tenants.env, or adds to it what tenants lack; a line that stands there stays as it is. */
public record NewTenantKeys(Path file, List<Tenant> tenants) {
  private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  private static final int ID = 20;
  private static final int SECRET = 40;
  private static final String HEAD =
      """
      # S3 keys of the tenants of an Airflow cluster; this file stays at your desk. `appliance bucket apply` makes
      # them known to the server. A team gets its own two lines PUBLISH_…; `appliance secrets manifest` gives PODS_…
      # to its task pods. To have a pair made anew, remove its two lines and run `appliance secrets tenants` again.
      """;

  public NewTenantKeys {
    tenants = List.copyOf(tenants);
  }

  /**
   * Writes the file when it is not there or something has to be added; without tenants it holds no
   * keys, and whoever asks for it finds it.
   *
   * @return the keys that were added, in the file's order
   * @throws UnreadableSecrets with all that is wrong with the file that is there
   */
  public List<String> write(SecureRandom random) {
    boolean there = Files.exists(file);
    if (there) {
      ownersAlone();
    }
    String text = there ? SecretsText.of(file) : HEAD;
    TenantKeys keys = TenantKeys.parse(file.toString(), text, tenants);
    if (!keys.problems().isEmpty()) {
      throw new UnreadableSecrets(
          String.join(
              System.lineSeparator(), keys.problems().stream().map(Problem::toString).toList()));
    }
    if (!keys.missing().isEmpty()) {
      SecretsText.replace(file, text + added(text, keys.missing(), random));
    } else if (!there) {
      SecretsText.replace(file, text);
    }
    return keys.missing();
  }

  private void ownersAlone() {
    try {
      Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
      Set<PosixFilePermission> others = EnumSet.noneOf(PosixFilePermission.class);
      others.addAll(mode);
      others.removeAll(PosixFilePermissions.fromString("rwx------"));
      if (!others.isEmpty()) {
        throw new UnreadableSecrets(
            "%s: has mode %s, so others than its owner can use it; run: chmod 600 %s"
                .formatted(file, PosixFilePermissions.toString(mode), file));
      }
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  private String added(String text, List<String> missing, SecureRandom random) {
    List<String> lines = new ArrayList<>();
    for (Tenant tenant : tenants) {
      List<String> own = new ArrayList<>(TenantKeys.of(tenant.name()));
      own.retainAll(missing);
      if (!own.isEmpty()) {
        lines.add("");
        lines.add("# " + tenant.name());
        own.forEach(key -> lines.add(key + "=" + word(random, key.endsWith("_ID") ? ID : SECRET)));
      }
    }
    return (text.isEmpty() || text.endsWith("\n") ? "" : "\n") + String.join("\n", lines) + "\n";
  }

  /** An access key is of upper-case letters and digits; a secret has the small letters, too. */
  private static String word(SecureRandom random, int length) {
    String letters =
        length == ID ? LETTERS : LETTERS + LETTERS.substring(0, 26).toLowerCase(Locale.ROOT);
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < length; i++) {
      word.append(letters.charAt(random.nextInt(i == 0 ? 26 : letters.length())));
    }
    return word.toString();
  }
}
