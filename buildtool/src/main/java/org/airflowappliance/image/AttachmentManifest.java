package org.airflowappliance.image;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.google.cloud.tools.jib.api.DescriptorDigest;
import com.google.cloud.tools.jib.image.json.ManifestTemplate;
import com.google.cloud.tools.jib.image.json.OciManifestTemplate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The manifest of an {@link Attachment}: the library's own cannot annotate a layer. */
@JsonAutoDetect(fieldVisibility = Visibility.ANY, getterVisibility = Visibility.NONE)
final class AttachmentManifest implements ManifestTemplate {
  private final int schemaVersion = 2;
  private final String mediaType = OciManifestTemplate.MANIFEST_MEDIA_TYPE;
  private final Descriptor config;
  private final List<Descriptor> layers;

  /** A part of it. */
  @JsonAutoDetect(fieldVisibility = Visibility.ANY)
  record Descriptor(String mediaType, long size, String digest, Map<String, String> annotations) {}

  AttachmentManifest(
      Attachment attachment, DescriptorDigest content, DescriptorDigest configuration, long size) {
    config =
        new Descriptor(
            "application/vnd.oci.image.config.v1+json", size, configuration.toString(), Map.of());
    layers =
        List.of(
            new Descriptor(
                attachment.mediaType(),
                attachment.content().length,
                content.toString(),
                new TreeMap<>(attachment.annotations())));
  }

  @Override
  public int getSchemaVersion() {
    return schemaVersion;
  }

  @Override
  public String getManifestMediaType() {
    return mediaType;
  }
}
