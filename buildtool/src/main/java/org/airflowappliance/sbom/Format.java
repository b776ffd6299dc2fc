package org.airflowappliance.sbom;

import java.util.function.Function;

/** A form of bills of materials that tools read. */
enum Format {
  CYCLONEDX(".cdx.json", CycloneDx::text),
  SPDX(".spdx.json", Spdx::text);

  private final String suffix;
  private final Function<Subject, String> writer;

  Format(String suffix, Function<Subject, String> writer) {
    this.suffix = suffix;
    this.writer = writer;
  }

  /** By which such files end. */
  String suffix() {
    return suffix;
  }

  /** The document. */
  String text(Subject subject) {
    return writer.apply(subject);
  }
}
