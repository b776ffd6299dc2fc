package org.airflowappliance.it.site;

import java.io.IOException;
import java.net.URI;
import org.testcontainers.containers.MinIOContainer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** The site's S3 server, which can go away and come back, and the bucket that teams write to. */
public final class ObjectStore implements AutoCloseable {
  private static final String BUCKET = "airflow";
  private final String url;
  private final MinIOContainer container;
  private final S3Client client;

  ObjectStore(SiteNetwork network, String address, Secrets secrets) {
    url = "http://" + address + ":9000";
    container =
        new MinIOContainer(TestImage.MINIO.reference())
            .withUserName(secrets.get("S3_ACCESS_KEY_ID"))
            .withPassword(secrets.get("S3_SECRET_ACCESS_KEY"))
            .withLabels(Owned.label());
    container.start();
    network.join(container.getContainerId(), address);
    client =
        S3Client.builder()
            .endpointOverride(URI.create(url))
            .region(Region.US_EAST_1)
            .forcePathStyle(true)
            .httpClient(UrlConnectionHttpClient.create())
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(
                        secrets.get("S3_ACCESS_KEY_ID"), secrets.get("S3_SECRET_ACCESS_KEY"))))
            .build();
    client.createBucket(request -> request.bucket(BUCKET));
  }

  /** Its address on the site's network. */
  public String url() {
    return url;
  }

  /** What it says of itself. */
  String version() throws IOException {
    try {
      return container
          .execInContainer("minio", "--version")
          .getStdout()
          .lines()
          .findFirst()
          .orElse("");
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IOException(stopped);
    }
  }

  /** Writes one object of the bucket, as a team does. */
  public void put(String key, String text) {
    client.putObject(request -> request.bucket(BUCKET).key(key), RequestBody.fromString(text));
  }

  /** Deletes one object of the bucket. */
  public void delete(String key) {
    client.deleteObject(request -> request.bucket(BUCKET).key(key));
  }

  /** The server ends: connections are refused. */
  public void stop() {
    Docker.client().stopContainerCmd(container.getContainerId()).exec();
  }

  /** The opposite of {@link #stop}, under the same address and with the same objects. */
  public void start() {
    Docker.client().startContainerCmd(container.getContainerId()).exec();
  }

  /** The server's machine is cut off: packets go nowhere, which is worse than a refusal. */
  public void hang() {
    Docker.client().pauseContainerCmd(container.getContainerId()).exec();
  }

  /** The opposite of {@link #hang}. */
  public void resume() {
    Docker.client().unpauseContainerCmd(container.getContainerId()).exec();
  }

  @Override
  public void close() {
    client.close();
    container.stop();
  }
}
