package org.airflowappliance.sbom;

import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import org.airflowappliance.licence.SpdxLicence;
import org.cyclonedx.Version;
import org.cyclonedx.exception.GeneratorException;
import org.cyclonedx.generators.BomGeneratorFactory;
import org.cyclonedx.model.Bom;
import org.cyclonedx.model.Hash;
import org.cyclonedx.model.License;
import org.cyclonedx.model.LicenseChoice;
import org.cyclonedx.model.Metadata;

/** Writes a bill of materials as CycloneDX 1.6. */
final class CycloneDx {
  private CycloneDx() {}

  /** The document; the same subject gives the same text. */
  static String text(Subject subject) {
    Bom bom = new Bom();
    bom.setSerialNumber(
        "urn:uuid:"
            + UUID.nameUUIDFromBytes(
                ("cyclonedx " + subject.identity()).getBytes(StandardCharsets.UTF_8)));
    Metadata metadata = new Metadata();
    metadata.setTimestamp(Date.from(subject.made()));
    metadata.setComponent(head(subject));
    bom.setMetadata(metadata);
    subject.components().forEach(each -> bom.addComponent(component(each)));
    try {
      return BomGeneratorFactory.createJson(Version.VERSION_16, bom).toJsonString() + "\n";
    } catch (GeneratorException impossible) {
      throw new IllegalStateException(subject.name() + ": " + impossible.getMessage(), impossible);
    }
  }

  private static org.cyclonedx.model.Component head(Subject subject) {
    org.cyclonedx.model.Component head = new org.cyclonedx.model.Component();
    head.setType(
        subject.file().endsWith(".tar")
            ? org.cyclonedx.model.Component.Type.CONTAINER
            : org.cyclonedx.model.Component.Type.APPLICATION);
    head.setName(subject.name());
    head.setVersion(subject.version());
    subject.purl().ifPresent(head::setPurl);
    head.setBomRef(subject.purl().orElse(subject.name() + "@" + subject.version()));
    if (!subject.sha256().isEmpty()) {
      head.setHashes(List.of(new Hash(Hash.Algorithm.SHA_256, subject.sha256())));
    }
    return head;
  }

  private static org.cyclonedx.model.Component component(Component each) {
    org.cyclonedx.model.Component component = new org.cyclonedx.model.Component();
    component.setType(org.cyclonedx.model.Component.Type.LIBRARY);
    component.setName(each.name());
    component.setVersion(each.version());
    component.setPurl(each.purl());
    component.setBomRef(each.purl());
    if (!each.sha256().isEmpty()) {
      component.setHashes(List.of(new Hash(Hash.Algorithm.SHA_256, each.sha256())));
    }
    if (!each.licences().isEmpty()) {
      component.setLicenses(licences(each.licences()));
    }
    return component;
  }

  private static LicenseChoice licences(List<String> written) {
    LicenseChoice choice = new LicenseChoice();
    for (String each : written) {
      License licence = new License();
      SpdxLicence.id(each).ifPresentOrElse(licence::setId, () -> licence.setName(each));
      choice.addLicense(licence);
    }
    return choice;
  }
}
