package org.airflowappliance.licence;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.cyclonedx.model.LicenseChoice;
import org.cyclonedx.util.LicenseResolver;

/** What packages write about their licence, as licences of the SPDX list. */
public final class SpdxLicence {
  /** What is written often and is not in the library's own list; lower case. */
  private static final Map<String, String> WRITTEN =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("new bsd", "BSD-3-Clause"),
              Map.entry("new bsd license", "BSD-3-Clause"),
              Map.entry("bsd 3-clause license", "BSD-3-Clause"),
              Map.entry("3-clause bsd", "BSD-3-Clause"),
              Map.entry("expat", "MIT"),
              Map.entry("apache-2", "Apache-2.0"),
              Map.entry("apache software license", "Apache-2.0"),
              Map.entry("apache software license 2.0", "Apache-2.0"),
              Map.entry("apache license 2.0", "Apache-2.0"),
              Map.entry("apache license version 2.0", "Apache-2.0"),
              Map.entry("apache license, version 2.0", "Apache-2.0"),
              Map.entry("http://www.apache.org/licenses/license-2.0", "Apache-2.0"),
              Map.entry("psfl", "PSF-2.0"),
              Map.entry("python software foundation license", "PSF-2.0"),
              Map.entry("mozilla public license 2.0 (mpl 2.0)", "MPL-2.0"),
              Map.entry("gpl-2", "GPL-2.0-only"),
              Map.entry("gpl-2+", "GPL-2.0-or-later"),
              Map.entry("gpl-3", "GPL-3.0-only"),
              Map.entry("gpl-3+", "GPL-3.0-or-later"),
              Map.entry("lgpl-2", "LGPL-2.0-only"),
              Map.entry("lgpl-2+", "LGPL-2.0-or-later"),
              Map.entry("lgpl-2.1", "LGPL-2.1-only"),
              Map.entry("lgpl-2.1+", "LGPL-2.1-or-later"),
              Map.entry("lgpl-3", "LGPL-3.0-only"),
              Map.entry("lgpl-3+", "LGPL-3.0-or-later")));

  /** What names a family of licences and not one of them, with the one that is meant most often. */
  private static final Map<String, String> VAGUE =
      Map.of("bsd", "BSD-3-Clause", "bsd license", "BSD-3-Clause");

  private SpdxLicence() {}

  /** The identifier of the licence that is probably meant, where what is written says it not. */
  public static Optional<String> likely(String written) {
    return Optional.ofNullable(VAGUE.get(written.strip().toLowerCase(Locale.ROOT)));
  }

  /** The identifier; none when what is written is no licence of the list. */
  public static Optional<String> id(String written) {
    if (likely(written).isPresent()) {
      return Optional.empty();
    }
    String known = WRITTEN.get(written.strip().toLowerCase(Locale.ROOT));
    LicenseChoice choice = LicenseResolver.resolve(known == null ? written.strip() : known, false);
    return choice == null || choice.getLicenses() == null || choice.getLicenses().isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(choice.getLicenses().get(0).getId());
  }

  /** The standard text of a licence; none when the list that is at hand lacks it. */
  public static Optional<String> text(String id) throws IOException {
    try (InputStream in = LicenseResolver.class.getResourceAsStream("/licenses/" + id + ".txt")) {
      return in == null
          ? Optional.empty()
          : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
