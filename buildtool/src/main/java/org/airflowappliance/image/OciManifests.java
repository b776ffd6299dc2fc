package org.airflowappliance.image;

import com.google.cloud.tools.jib.image.json.ManifestTemplate;
import com.google.cloud.tools.jib.json.JsonTemplate;
import java.util.List;
import java.util.Map;

/** Manifests of what is put beside an image, in the form of OCI; the fields are that form. */
final class OciManifests {
  static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

  /** The configuration that what is no image has. */
  static final String EMPTY = "{}";

  static final String EMPTY_TYPE = "application/vnd.oci.empty.v1+json";
  static final String CONFIGURATION = "application/vnd.oci.image.config.v1+json";
  private static final String INDEX = "application/vnd.oci.image.index.v1+json";

  private OciManifests() {}

  /** Some bytes of a registry, by their digest; null is what is not said. */
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

  /** What all manifests say. */
  private abstract static class Common implements ManifestTemplate {
    private final int schemaVersion = 2;
    private final String mediaType;

    Common(String mediaType) {
      this.mediaType = mediaType;
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

  /** A configuration and one layer. */
  static final class Manifest extends Common {
    private final String artifactType;
    private final Descriptor config;
    private final List<Descriptor> layers;
    private final Descriptor subject;

    /** As an image of its own. */
    Manifest(Descriptor config, Descriptor layer) {
      this(null, config, layer, null);
    }

    /** As something of a type that belongs to a subject. */
    Manifest(String artifactType, Descriptor config, Descriptor layer, Descriptor subject) {
      super(MANIFEST);
      this.artifactType = artifactType;
      this.config = config;
      this.layers = List.of(layer);
      this.subject = subject;
    }
  }

  /** All that is attached to an image, for registries that do not tell that themselves. */
  static final class Index extends Common {
    private final List<Descriptor> manifests;

    Index(List<Descriptor> all) {
      super(INDEX);
      manifests = List.copyOf(all);
    }
  }
}
