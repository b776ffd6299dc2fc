package org.airflowappliance.bucket;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.airflowappliance.cluster.Cluster;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** Requests to the object store for which its S3 client has no word. */
final class SignedRequests implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern XML_CODE = Pattern.compile("<Code>([^<]*)</Code>");
  private static final int TOO_MANY_REQUESTS = 429;

  private final Cluster.ObjectStore store;
  private final SdkHttpClient client;
  private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();

  SignedRequests(Cluster cluster) {
    this.store = cluster.objectStore();
    this.client = StoreHttp.of(cluster);
  }

  /** What came back. */
  record Answer(int status, byte[] body) {
    boolean good() {
      return status >= 200 && status < 300;
    }

    /** Whether another try may be answered otherwise: the server, or a proxy before it, is busy. */
    boolean isByChance() {
      return status == TOO_MANY_REQUESTS || status >= 500;
    }

    /** Status and code, for errors. */
    String said() {
      String code = code();
      return status + (code.isEmpty() ? "" : ", " + code);
    }

    /** The server's word for what is wrong; empty when it has none. */
    String code() {
      try {
        JsonNode json = JSON.readTree(body);
        if (json != null && json.has("Code")) {
          return json.get("Code").asText();
        }
      } catch (IOException other) {
        // S3 itself answers in XML
      }
      Matcher xml = XML_CODE.matcher(new String(body, StandardCharsets.UTF_8));
      return xml.find() ? xml.group(1) : "";
    }
  }

  /** Asks with somebody's keys. */
  Answer send(
      SdkHttpMethod method, String path, Map<String, String> query, byte[] body, StoreKeys keys) {
    SdkHttpRequest.Builder request =
        SdkHttpRequest.builder().uri(store.endpoint()).method(method).encodedPath(path);
    if (body.length > 0) {
      request.putHeader("Content-Length", Integer.toString(body.length));
    }
    new TreeMap<>(query).forEach(request::putRawQueryParameter);
    SignedRequest signed =
        signer.sign(
            it ->
                it.identity(AwsCredentialsIdentity.create(keys.id(), keys.secret()))
                    .request(request.build())
                    .payload(() -> new ByteArrayInputStream(body))
                    .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                    .putProperty(AwsV4HttpSigner.REGION_NAME, store.region())
                    .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                    .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false));
    ExecutableHttpRequest call =
        client.prepareRequest(
            HttpExecuteRequest.builder()
                .request(signed.request())
                .contentStreamProvider(body.length == 0 ? null : signed.payload().orElse(null))
                .build());
    try {
      HttpExecuteResponse response = call.call();
      try (InputStream in =
          response
              .responseBody()
              .map(InputStream.class::cast)
              .orElse(InputStream.nullInputStream())) {
        return new Answer(response.httpResponse().statusCode(), in.readAllBytes());
      }
    } catch (IOException away) {
      throw new BucketProblem(StoreHttp.explained(store, away));
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
