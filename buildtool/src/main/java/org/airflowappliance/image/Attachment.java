package org.airflowappliance.image;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What is put beside an image in a registry, as the one layer of a small image with a tag that says
 * whose it is.
 *
 * @param digest of the image that it belongs to, {@code sha256:…}
 * @param mediaType of the content
 * @param content its bytes
 * @param annotations of the layer
 */
public record Attachment(
    String digest, String mediaType, byte[] content, Map<String, String> annotations) {
  /**
   * An image's signature, as cosign puts it there.
   *
   * @param claim what is signed
   * @param signature over it, base64
   */
  public static Attachment signature(String digest, byte[] claim, String signature) {
    return new Attachment(
        digest,
        "application/vnd.dev.cosign.simplesigning.v1+json",
        claim,
        Map.of("dev.cosignproject.cosign/signature", signature));
  }

  /** The tag under which cosign looks for the signature of an image. */
  String tag() {
    return digest.replace(':', '-') + ".sig";
  }

  /** Registries want an image to have a configuration; this one says that nothing runs. */
  byte[] configuration(String contentDigest) {
    return """
        {"architecture":"","config":{},"os":"","rootfs":{"type":"layers","diff_ids":["%s"]}}"""
        .formatted(contentDigest)
        .getBytes(StandardCharsets.US_ASCII);
  }
}
