package org.airflowappliance.bucket;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLException;
import org.airflowappliance.cluster.Cluster;
import org.airflowappliance.cluster.Trust;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Puts into the bucket what the nodes' mount needs; safe to repeat. */
public final class Bucket implements AutoCloseable {
  /** Name of the object below the DAG prefix by which a mount is known to be real. */
  public static final String MARKER = ".airflow-appliance";

  private static final String MARKER_TEXT = "airflow-appliance\n";

  private final Cluster.ObjectStore store;
  private final S3Client client;

  /**
   * The bucket that cluster.yaml names, reached with the given keys; its CA file is trusted, too.
   */
  public Bucket(Cluster cluster, String accessKey, String secretKey) {
    this.store = cluster.objectStore();
    UrlConnectionHttpClient.Builder http = UrlConnectionHttpClient.builder();
    cluster.caFile().ifPresent(ca -> http.tlsTrustManagersProvider(new Trust(ca)::managers));
    this.client =
        S3Client.builder()
            .endpointOverride(store.endpoint())
            .region(Region.of(store.region()))
            .forcePathStyle(store.pathStyle())
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey)))
            .httpClientBuilder(http)
            .build();
  }

  /**
   * Makes the objects of both prefixes and the marker.
   *
   * @return one line for each object: made, or there already
   * @throws BucketProblem when the server, the keys or the bucket do not allow it
   */
  public List<String> prepare() {
    List<String> lines = new ArrayList<>();
    try {
      client.headBucket(request -> request.bucket(store.bucket()));
      // s3fs refuses a prefix whose own object does not exist
      lines.add(ensure(store.dagPrefix() + "/", ""));
      lines.add(ensure(store.dagPrefix() + "/" + MARKER, MARKER_TEXT));
      lines.add(ensure(store.logPrefix() + "/", ""));
      return lines;
    } catch (S3Exception refused) {
      throw new BucketProblem(explained(refused));
    } catch (SdkClientException unreachable) {
      throw new BucketProblem(explained(unreachable));
    }
  }

  private String ensure(String key, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try {
      byte[] there =
          client.getObjectAsBytes(request -> request.bucket(store.bucket()).key(key)).asByteArray();
      if (Arrays.equals(there, bytes)) {
        return "kept " + store.bucket() + "/" + key;
      }
    } catch (S3Exception absent) {
      if (absent.statusCode() != 404) {
        throw absent;
      }
    }
    client.putObject(
        request -> request.bucket(store.bucket()).key(key), RequestBody.fromBytes(bytes));
    return "made " + store.bucket() + "/" + key;
  }

  private String explained(S3Exception refused) {
    String place = store.endpoint() + "/" + store.bucket();
    return switch (refused.statusCode()) {
      case 404 ->
          place
              + ": there is no bucket '"
              + store.bucket()
              + "'; create it or correct objectStore.bucket";
      case 401, 403 ->
          place
              + ": the keys S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY are refused for this bucket (403); correct them in the"
              + " secrets file, or let them read and write "
              + store.dagPrefix()
              + "/ and "
              + store.logPrefix()
              + "/";
      case 301 ->
          place
              + ": the bucket is in another region than '"
              + store.region()
              + "'; correct objectStore.region";
      default ->
          place + ": the server said " + refused.statusCode() + " (" + firstLine(refused) + ")";
    };
  }

  private String explained(SdkClientException unreachable) {
    for (Throwable cause = unreachable; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException) {
        return store.endpoint()
            + ": no trusted connection ("
            + firstLine(cause)
            + "); name the CA that signed its certificate as caFile, or correct objectStore.endpoint";
      }
    }
    return store.endpoint()
        + ": no answer ("
        + firstLine(unreachable)
        + "); check objectStore.endpoint and that the server runs";
  }

  private static String firstLine(Throwable problem) {
    return String.valueOf(problem.getMessage()).lines().findFirst().orElse("");
  }

  @Override
  public void close() {
    client.close();
  }
}
