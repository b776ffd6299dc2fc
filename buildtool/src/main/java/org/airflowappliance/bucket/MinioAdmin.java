package org.airflowappliance.bucket;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.minio.admin.Crypto;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bouncycastle.crypto.InvalidCipherTextException;
import software.amazon.awssdk.http.SdkHttpMethod;

/** The part of MinIO's admin API that is about users and policies, as one administrator has it. */
final class MinioAdmin {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String API = "/minio/admin/v3/";
  private static final byte[] NOTHING = {};

  private final String endpoint;
  private final SignedRequests requests;
  private final StoreKeys administrator;

  /**
   * At a server.
   *
   * @param endpoint for errors
   */
  MinioAdmin(String endpoint, SignedRequests requests, StoreKeys administrator) {
    this.endpoint = endpoint;
    this.requests = requests;
    this.administrator = administrator;
  }

  /** Documents by name. */
  Map<String, JsonNode> policies() {
    return children(ask(SdkHttpMethod.GET, "list-canned-policies", Map.of(), NOTHING));
  }

  /** Users by access key; the administrator is none of them when it is MinIO's root. */
  Map<String, LiveUser> users() {
    Map<String, LiveUser> users = new TreeMap<>();
    byte[] answer = decrypted(ask(SdkHttpMethod.GET, "list-users", Map.of(), NOTHING));
    children(answer)
        .forEach(
            (id, user) -> {
              Set<String> policies =
                  new LinkedHashSet<>(Arrays.asList(user.path("policyName").asText("").split(",")));
              policies.remove("");
              users.put(
                  id, new LiveUser(policies, !user.path("status").asText().equals("disabled")));
            });
    return users;
  }

  void putPolicy(String name, JsonNode document) {
    ask(SdkHttpMethod.PUT, "add-canned-policy", Map.of("name", name), bytes(document));
  }

  void removePolicy(String name) {
    ask(SdkHttpMethod.DELETE, "remove-canned-policy", Map.of("name", name), NOTHING);
  }

  void makeUser(StoreKeys keys) {
    JsonNode user =
        JSON.createObjectNode().put("secretKey", keys.secret()).put("status", "enabled");
    SignedRequests.Answer answer =
        requests.send(
            SdkHttpMethod.PUT,
            API + "add-user",
            Map.of("accessKey", keys.id()),
            encrypted(bytes(user)),
            administrator);
    if (answer.code().equals("XMinioInvalidIAMCredentials")) {
      throw new BucketProblem(
          "%s: is MinIO's root user or an access key that a user made for itself, so it cannot have rights of its own; choose another key"
              .formatted(keys));
    }
    if (!answer.good()) {
      throw new BucketProblem(refusal("add-user", answer));
    }
  }

  void removeUser(String id) {
    ask(SdkHttpMethod.DELETE, "remove-user", Map.of("accessKey", id), NOTHING);
  }

  /** A user that was made anew would give them their rights back. */
  void endSessions(String id) {
    Map<String, String> query = Map.of("user", id, "fullRevoke", "true");
    ask(SdkHttpMethod.POST, "revoke-tokens/builtin", query, NOTHING);
  }

  void attach(String id, Set<String> policies) {
    String names = String.join(",", new TreeSet<>(policies));
    Map<String, String> query = Map.of("policyName", names, "userOrGroup", id, "isGroup", "false");
    ask(SdkHttpMethod.PUT, "set-user-or-group-policy", query, NOTHING);
  }

  private byte[] ask(SdkHttpMethod method, String word, Map<String, String> query, byte[] body) {
    SignedRequests.Answer answer = requests.send(method, API + word, query, body, administrator);
    if (answer.good()) {
      return answer.body();
    }
    throw new BucketProblem(refusal(word, answer));
  }

  private String refusal(String word, SignedRequests.Answer answer) {
    String code = answer.code();
    String said = answer.said();
    return switch (code) {
      case "InvalidAccessKeyId", "SignatureDoesNotMatch", "XMinioAdminNoSuchUser" ->
          "%s: %s is refused (%s); correct it and its secret"
              .formatted(endpoint, administrator, said);
      case "AccessDenied" ->
          "%s: %s may not do this (%s: %s); take an administrator's, such as MinIO's root user"
              .formatted(endpoint, administrator, word, said);
      default ->
          code.startsWith("XMinio")
              ? "%s: MinIO answers %s with %s; look into its log".formatted(endpoint, word, said)
              : "%s: does not speak MinIO's admin API (%s: %s); for another server run: appliance bucket apply --print"
                  .formatted(endpoint, word, said);
    };
  }

  private Map<String, JsonNode> children(byte[] json) {
    Map<String, JsonNode> children = new TreeMap<>();
    try {
      JSON.readTree(json)
          .properties()
          .forEach(each -> children.put(each.getKey(), each.getValue()));
      return children;
    } catch (IOException other) {
      throw new BucketProblem(
          endpoint
              + ": the answer is not MinIO's; for another server run: appliance bucket apply --print");
    }
  }

  private static byte[] bytes(JsonNode json) {
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  private byte[] encrypted(byte[] plain) {
    try {
      return Crypto.encrypt(plain, administrator.secret());
    } catch (InvalidCipherTextException problem) {
      throw new IllegalStateException("what is made here is never broken", problem);
    }
  }

  private byte[] decrypted(byte[] answer) {
    try {
      return Crypto.decrypt(new ByteArrayInputStream(answer), administrator.secret());
    } catch (InvalidCipherTextException | IOException problem) {
      throw new BucketProblem(
          "%s: the list of users cannot be decrypted (%s); is it MinIO that answers?"
              .formatted(endpoint, StoreHttp.firstLine(problem)));
    }
  }
}
