package org.airflowappliance.it.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * One line of the table: what somebody tries.
 *
 * @param who whose keys
 * @param act a method; SIGNED and a method: with an address that was signed for it; ALTERED: with
 *     one that was signed for another object; ERASE: deletes a list of objects; FORM: uploads by a
 *     browser's form; TAR: uploads an archive that the server unpacks; TAG: gives an object a tag
 * @param target path and query; the object's key for ERASE and FORM
 * @param headers besides those of every request
 * @param expected status and the server's code
 */
record Probe(String who, String act, String target, Map<String, String> headers, String expected) {
  private static final String TAGS =
      "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>";

  /** The lines of a table. */
  static List<Probe> read(Path table) throws IOException {
    List<Probe> probes = new ArrayList<>();
    for (String line : Files.readAllLines(table)) {
      if (!line.isBlank() && !line.startsWith("#")) {
        String[] cells = line.strip().split("\\s*\\|\\s*", -1);
        Map<String, String> headers = new TreeMap<>();
        if (!cells[3].isEmpty()) {
          headers.put(cells[3].split(": ")[0], cells[3].split(": ")[1]);
        }
        probes.add(new Probe(cells[0], cells[1], cells[2], headers, cells[4]));
      }
    }
    return probes;
  }

  /** As it is shown with what was seen. */
  String row(String seen) {
    return "| %s | %s | `%s` | %s | %s | %s |".formatted(who, act, target, headers, expected, seen);
  }

  /** Tries it. */
  RawStore.Answer at(RawStore store, Keys keys) throws IOException {
    byte[] text = "x".getBytes(UTF_8);
    byte[] none = {};
    String[] words = act.split(" ");
    return switch (words[0]) {
      case "SIGNED" -> signed(store, keys, words[1], target);
      case "ALTERED" -> signed(store, keys, words[1], "/airflow/dags/sci/a.py");
      case "ERASE" -> erase(store, keys);
      case "FORM" -> form(store, keys);
      case "TAR" -> tar(store, keys);
      case "TAG" -> store.send(keys, "PUT", target, headers, TAGS.getBytes(UTF_8));
      default -> store.send(keys, act, target, headers, isUpload() ? text : none);
    };
  }

  private boolean isUpload() {
    return act.equals("PUT")
        && target.matches("/airflow/[^?]*")
        && !headers.containsKey("x-amz-copy-source");
  }

  private RawStore.Answer signed(RawStore store, Keys keys, String method, String signed)
      throws IOException {
    String address = new Signature(keys, "s3").presigned(method, signed, store.host());
    byte[] body = (method.equals("PUT") ? "x" : "").getBytes(UTF_8);
    return store.unsigned(method, address.replace(signed, target), headers, body);
  }

  private RawStore.Answer erase(RawStore store, Keys keys) throws IOException {
    String object = target.replaceFirst("\\?versionId=(.*)", "</Key><VersionId>$1</VersionId>");
    String end = object.equals(target) ? "</Key>" : "";
    byte[] body =
        "<Delete><Object><Key>%s%s</Object></Delete>".formatted(object, end).getBytes(UTF_8);
    return store.send(keys, "POST", "/airflow?delete=", Map.of("Content-MD5", md5(body)), body);
  }

  private static String md5(byte[] bytes) {
    try {
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("MD5").digest(bytes));
    } catch (NoSuchAlgorithmException problem) {
      throw new IllegalStateException("every Java has MD5", problem);
    }
  }

  private RawStore.Answer form(RawStore store, Keys keys) throws IOException {
    Signature signature = new Signature(keys, "s3");
    String credential = keys.id() + "/" + signature.scope();
    String policy =
        """
        {"expiration": "2100-01-01T00:00:00.000Z", "conditions": [{"bucket": "airflow"}, ["starts-with", "$key", ""],
         {"x-amz-algorithm": "AWS4-HMAC-SHA256"}, {"x-amz-credential": "%s"}, {"x-amz-date": "%s"}]}
        """
            .formatted(credential, signature.time());
    String encoded = Base64.getEncoder().encodeToString(policy.getBytes(UTF_8));
    Map<String, String> fields =
        Map.of(
            "key",
            target,
            "bucket",
            "airflow",
            "policy",
            encoded,
            "x-amz-algorithm",
            "AWS4-HMAC-SHA256",
            "x-amz-credential",
            credential,
            "x-amz-date",
            signature.time(),
            "x-amz-signature",
            signature.sign(encoded));
    StringBuilder body = new StringBuilder();
    fields.forEach((name, value) -> body.append(part("\"" + name + "\"", value)));
    body.append(part("\"file\"; filename=\"f\"", "x")).append("--limit--\r\n");
    return store.unsigned(
        "POST",
        "/airflow",
        Map.of("Content-Type", "multipart/form-data; boundary=limit"),
        body.toString().getBytes(UTF_8));
  }

  private static String part(String name, String value) {
    return "--limit\r\nContent-Disposition: form-data; name=%s\r\n\r\n%s\r\n"
        .formatted(name, value);
  }

  private RawStore.Answer tar(RawStore store, Keys keys) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      TarArchiveEntry entry = new TarArchiveEntry("unpacked.py");
      entry.setSize(1);
      tar.putArchiveEntry(entry);
      tar.write('x');
      tar.closeArchiveEntry();
    }
    Map<String, String> all = new TreeMap<>(headers);
    all.put("x-amz-meta-snowball-auto-extract", "true");
    return store.send(keys, "PUT", target, all, bytes.toByteArray());
  }
}
