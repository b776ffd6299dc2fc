package org.airflowappliance.image;

import com.google.cloud.tools.jib.image.json.ManifestTemplate;
import com.google.cloud.tools.jib.json.JsonTemplate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Manifests of what is attached to an image, in the form of OCI; the fields are that form. */
final class Referrer {
  static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

  /** The configuration that what is no image has. */
  static final String EMPTY = "{}";

  private static final String EMPTY_TYPE = "application/vnd.oci.empty.v1+json";
  private static final String INDEX = "application/vnd.oci.image.index.v1+json";

  private Referrer() {}

  /** Some bytes of a registry, by their digest. */
  static final class Descriptor implements JsonTemplate {
    final String mediaType;
    final String digest;
    final long size;
    final String artifactType;
    final Map<String, String> annotations;

    Descriptor(
        String mediaType,
        String digest,
        long size,
        String artifactType,
        Map<String, String> annotations) {
      this.mediaType = mediaType;
      this.digest = digest;
      this.size = size;
      this.artifactType = artifactType;
      this.annotations = annotations;
    }
  }

  /** One attached file. */
  static final class Manifest implements ManifestTemplate {
    private final int schemaVersion = 2;
    private final String mediaType = MANIFEST;
    private final String artifactType;
    private final Descriptor config;
    private final List<Descriptor> layers;
    private final Descriptor subject;

    /**
     * Attaches a file.
     *
     * @param empty digest of {@link #EMPTY}
     */
    Manifest(String artifactType, String empty, Descriptor file, Descriptor subject) {
      this.artifactType = artifactType;
      this.config = new Descriptor(EMPTY_TYPE, empty, EMPTY.length(), null, null);
      this.layers = List.of(file);
      this.subject = subject;
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

  /** All that is attached to an image, for registries that do not tell that themselves. */
  static final class Index implements ManifestTemplate {
    private final int schemaVersion = 2;
    private final String mediaType = INDEX;
    private final List<Descriptor> manifests = new ArrayList<>();

    Index(List<Descriptor> all) {
      manifests.addAll(all);
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
}
