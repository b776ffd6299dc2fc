package org.airflowappliance.sbom;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.airflowappliance.licence.SpdxLicence;

/** Writes a bill of materials as SPDX 2.3. */
final class Spdx {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DOCUMENT = "SPDXRef-DOCUMENT";
  private static final String SUBJECT = "SPDXRef-Subject";
  private static final String UNKNOWN = "NOASSERTION";

  private final Subject subject;
  private final Map<String, String> own = new TreeMap<>();

  private Spdx(Subject subject) {
    this.subject = subject;
  }

  /** The document; the same subject gives the same text. */
  static String text(Subject subject) {
    try {
      return JSON.writerWithDefaultPrettyPrinter()
              .writeValueAsString(new Spdx(subject).document())
              .replace("\r\n", "\n")
          + "\n";
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(subject.name(), impossible);
    }
  }

  private ObjectNode document() {
    ObjectNode document = JSON.createObjectNode();
    String title = subject.name() + "-" + subject.version();
    document
        .put("spdxVersion", "SPDX-2.3")
        .put("dataLicense", "CC0-1.0")
        .put("SPDXID", DOCUMENT)
        .put("name", title)
        .put(
            "documentNamespace",
            "urn:uuid:"
                + UUID.nameUUIDFromBytes(
                    ("spdx " + subject.identity()).getBytes(StandardCharsets.UTF_8)));
    document
        .putObject("creationInfo")
        .put("created", subject.made().toString())
        .putArray("creators")
        .add("Tool: airflow-appliance");
    ArrayNode packages = document.putArray("packages");
    packages.add(head());
    ArrayNode relations = document.putArray("relationships");
    relation(relations, DOCUMENT, "DESCRIBES", SUBJECT);
    int number = 0;
    for (Component each : subject.components()) {
      String id = "SPDXRef-Package-" + ++number;
      packages.add(component(each, id));
      relation(relations, SUBJECT, "CONTAINS", id);
    }
    if (!own.isEmpty()) {
      ArrayNode licences = document.putArray("hasExtractedLicensingInfos");
      own.forEach(
          (id, text) -> licences.addObject().put("licenseId", id).put("extractedText", text));
    }
    return document;
  }

  private ObjectNode head() {
    ObjectNode head =
        unexamined(
            JSON.createObjectNode().put("SPDXID", SUBJECT), subject.name(), subject.version());
    if (!subject.sha256().isEmpty()) {
      checksum(head.putArray("checksums"), subject.sha256());
      head.put("packageFileName", subject.file());
    }
    subject.purl().ifPresent(purl -> reference(head, purl));
    return head.put("licenseDeclared", UNKNOWN);
  }

  private ObjectNode component(Component each, String id) {
    ObjectNode node =
        unexamined(JSON.createObjectNode().put("SPDXID", id), each.name(), each.version());
    if (!each.sha256().isEmpty()) {
      checksum(node.putArray("checksums"), each.sha256());
    }
    reference(node, each.purl());
    return node.put("licenseDeclared", declared(each.licences()));
  }

  private static ObjectNode unexamined(ObjectNode node, String name, String version) {
    return node.put("name", name)
        .put("versionInfo", version)
        .put("downloadLocation", UNKNOWN)
        .put("filesAnalyzed", false)
        .put("licenseConcluded", UNKNOWN)
        .put("copyrightText", UNKNOWN);
  }

  private String declared(List<String> written) {
    List<String> ids = new ArrayList<>();
    for (String each : written) {
      ids.add(SpdxLicence.id(each).orElseGet(() -> reference(each)));
    }
    return ids.isEmpty() ? UNKNOWN : String.join(" AND ", ids);
  }

  /** A licence that is not in SPDX's list is explained in the document itself. */
  private String reference(String written) {
    String id =
        "LicenseRef-"
            + written
                .replace("+", "-or-later")
                .replaceAll("[^A-Za-z0-9.]+", "-")
                .replaceAll("^-|-$", "");
    own.put(id, written);
    return id;
  }

  private static void reference(ObjectNode node, String purl) {
    node.putArray("externalRefs")
        .addObject()
        .put("referenceCategory", "PACKAGE-MANAGER")
        .put("referenceType", "purl")
        .put("referenceLocator", purl);
  }

  private static void checksum(ArrayNode checksums, String sha256) {
    checksums.addObject().put("algorithm", "SHA256").put("checksumValue", sha256);
  }

  private static void relation(ArrayNode relations, String from, String type, String to) {
    relations
        .addObject()
        .put("spdxElementId", from)
        .put("relationshipType", type)
        .put("relatedSpdxElement", to);
  }
}
