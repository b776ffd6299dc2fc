package org.airflowappliance.provenance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A statement with its signature, in the form of DSSE 1.0.
 *
 * @param payload the statement, JSON
 * @param keyId fingerprint of the key that signed it; a hint
 * @param signature over {@link #signedBytes}
 */
public record Envelope(byte[] payload, String keyId, byte[] signature) {
  /** What kind of payload it is. */
  public static final String TYPE = "application/vnd.in-toto+json";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What is signed about a payload: its type and itself, each with its length. */
  public static byte[] signedBytes(byte[] payload) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    String head = "DSSEv1 %d %s %d ".formatted(TYPE.length(), TYPE, payload.length);
    all.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    all.writeBytes(payload);
    return all.toByteArray();
  }

  /**
   * Reads an envelope with one signature.
   *
   * @throws IOException when it is none
   */
  public static Envelope read(byte[] text) throws IOException {
    JsonNode json = parsed(text);
    JsonNode signatures = json.path("signatures");
    if (!TYPE.equals(json.path("payloadType").asText()) || signatures.size() != 1) {
      throw new IOException(
          "is no DSSE envelope of type %s with one signature; fetch it again".formatted(TYPE));
    }
    try {
      return new Envelope(
          Base64.getDecoder().decode(json.path("payload").asText()),
          signatures.path(0).path("keyid").asText(),
          Base64.getDecoder().decode(signatures.path(0).path("sig").asText()));
    } catch (IllegalArgumentException damaged) {
      throw new IOException("holds damaged base64; fetch it again", damaged);
    }
  }

  private static JsonNode parsed(byte[] text) throws IOException {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException damaged) {
      throw new IOException(
          "is no JSON (%s); fetch it again".formatted(damaged.getOriginalMessage()), damaged);
    }
  }

  /** The statement. */
  public JsonNode statement() throws IOException {
    return parsed(payload);
  }

  /** As it stands in a file, on one line. */
  public String text() throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("payloadType", TYPE);
    json.put("payload", Base64.getEncoder().encodeToString(payload));
    json.putArray("signatures")
        .addObject()
        .put("keyid", keyId)
        .put("sig", Base64.getEncoder().encodeToString(signature));
    return new String(JSON.writeValueAsBytes(json), StandardCharsets.UTF_8) + "\n";
  }
}
