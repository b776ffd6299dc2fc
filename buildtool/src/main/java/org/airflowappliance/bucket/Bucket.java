package org.airflowappliance.bucket;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.airflowappliance.cluster.Cluster;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Puts into the bucket what the nodes' mount and the tenants need; safe to repeat. */
public final class Bucket implements AutoCloseable {
  /** Name of the object below the DAG prefix by which a mount is known to be real. */
  public static final String MARKER = ".airflow-appliance";

  private static final String MARKER_TEXT = "airflow-appliance\n";

  private final Cluster cluster;
  private final Cluster.ObjectStore store;
  private final StoreKeys keys;
  private final S3Client client;

  /**
   * The bucket that cluster.yaml names, reached with the given keys; its CA file is trusted, too.
   */
  public Bucket(Cluster cluster, StoreKeys keys) {
    this.cluster = cluster;
    this.store = cluster.objectStore();
    this.keys = keys;
    this.client =
        S3Client.builder()
            .endpointOverride(store.endpoint())
            .region(Region.of(store.region()))
            .forcePathStyle(store.pathStyle())
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(keys.id(), keys.secret())))
            .httpClient(StoreHttp.of(cluster))
            .build();
  }

  /**
   * Makes the objects of both prefixes, the marker and the tenants' folders. Keys that may read
   * these and nothing else do when all are there.
   *
   * @return one line for each object: made, or there already
   * @throws BucketProblem when the server, the keys or the bucket do not allow it
   */
  public List<String> prepare() {
    List<String> lines = new ArrayList<>();
    String dags = store.dagPrefix() + "/";
    try {
      // s3fs refuses a prefix whose own object does not exist
      lines.add(ensure(dags, ""));
      lines.add(ensure(dags + MARKER, MARKER_TEXT));
      cluster.tenants().forEach(each -> lines.add(ensure(dags + each.dagPrefix() + "/", "")));
      lines.add(ensure(store.logPrefix() + "/", ""));
      return lines;
    } catch (S3Exception refused) {
      throw new BucketProblem(explained(refused));
    } catch (SdkClientException unreachable) {
      throw new BucketProblem(StoreHttp.explained(store, unreachable));
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
      if (absent.statusCode() != 404
          || "NoSuchBucket".equals(absent.awsErrorDetails().errorCode())) {
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
          "%s: there is no bucket '%s'; create it or correct objectStore.bucket"
              .formatted(place, store.bucket());
      case 401, 403 ->
          "%s: %s is refused for this bucket (%s); correct it and its secret, or let it read and write %s/ and %s/"
              .formatted(place, keys, refused.statusCode(), store.dagPrefix(), store.logPrefix());
      case 301 ->
          "%s: the bucket is in another region than '%s'; correct objectStore.region"
              .formatted(place, store.region());
      default ->
          "%s: the server said %d (%s)"
              .formatted(place, refused.statusCode(), StoreHttp.firstLine(refused));
    };
  }

  @Override
  public void close() {
    client.close();
  }
}
