package org.airflowappliance.sbom;

import com.github.packageurl.MalformedPackageURLException;
import com.github.packageurl.PackageURLBuilder;
import java.util.Map;

/** Package URLs, in the one form that all tools write. */
final class Purl {
  private Purl() {}

  /**
   * A package URL.
   *
   * @param namespace empty where the type has none
   * @param version empty where there is none
   * @param qualifiers those with an empty value are left out
   */
  static String of(
      String type, String namespace, String name, String version, Map<String, String> qualifiers) {
    PackageURLBuilder purl =
        PackageURLBuilder.aPackageURL()
            .withType(type)
            .withNamespace(namespace.isEmpty() ? null : namespace)
            .withName(name)
            .withVersion(version.isEmpty() ? null : version);
    qualifiers.forEach(
        (key, value) -> {
          if (!value.isEmpty()) {
            purl.withQualifier(key, value);
          }
        });
    try {
      return purl.build().canonicalize();
    } catch (MalformedPackageURLException wrong) {
      throw new IllegalArgumentException(name + ": " + wrong.getMessage(), wrong);
    }
  }
}
