package org.airflowappliance.it.site;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.testcontainers.containers.MinIOContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** The site's S3 server, which can go away and come back, and the bucket that teams write to. */
public final class ObjectStore implements AutoCloseable {
  private static final String BUCKET = "airflow";
  private static final int PORT = 9000;
  private static final Duration START = Duration.ofSeconds(60);
  static final String USER = "MINIO_ROOT_USER";
  static final String PASSWORD = "MINIO_ROOT_PASSWORD";

  private final String url;
  private final Map<String, String> administrator;
  private final MinIOContainer container;
  private final S3Client client;

  /** A server whose administrator's keys are those of secrets.env, so that none has to be made. */
  ObjectStore(SiteNetwork network, String address, Secrets secrets) throws IOException {
    this(
        network,
        address,
        Map.of(
            USER, secrets.get("S3_ACCESS_KEY_ID"), PASSWORD, secrets.get("S3_SECRET_ACCESS_KEY")),
        Optional.empty());
  }

  /** A server that speaks TLS and knows nobody but its administrator. */
  ObjectStore(SiteNetwork network, String address, SiteCa ca) throws IOException {
    this(
        network,
        address,
        Map.of(USER, "administrator", PASSWORD, UUID.randomUUID().toString()),
        Optional.of(ca));
  }

  private ObjectStore(
      SiteNetwork network, String address, Map<String, String> administrator, Optional<SiteCa> ca)
      throws IOException {
    this.administrator = administrator;
    url = (ca.isPresent() ? "https://" : "http://") + address + ":" + PORT;
    container =
        new MinIOContainer(TestImage.MINIO.reference())
            .withUserName(administrator.get(USER))
            .withPassword(administrator.get(PASSWORD))
            .withLabels(Owned.label())
            .waitingFor(Wait.forHttp(OwnStore.READY).forPort(PORT));
    UrlConnectionHttpClient.Builder http = UrlConnectionHttpClient.builder();
    if (ca.isPresent()) {
      speakTls(ca.get().issue("MinIO", address));
      http.tlsTrustManagersProvider(ca.get()::trustManagers);
    }
    container.start();
    network.join(container.getContainerId(), address);
    client =
        S3Client.builder()
            .endpointOverride(URI.create(url))
            .region(Region.US_EAST_1)
            .forcePathStyle(true)
            .httpClient(http.build())
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(
                        administrator.get(USER), administrator.get(PASSWORD))))
            .build();
    client.createBucket(request -> request.bucket(BUCKET));
  }

  private void speakTls(ServerKey key) {
    container
        .withCopyToContainer(Transferable.of(key.certificate()), "/certs/public.crt")
        .withCopyToContainer(Transferable.of(key.key()), "/certs/private.key")
        .withCommand("server", "--certs-dir", "/certs", "--console-address", ":9001", "/data")
        .waitingFor(Wait.forHttps(OwnStore.READY).forPort(PORT).allowInsecure());
  }

  /** Its address on the site's network. */
  public String url() {
    return url;
  }

  /** Its administrator's keys, as environment variables. */
  Map<String, String> administrator() {
    return administrator;
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

  /** Writes one object with the mode that s3fs takes it for: a link, a pipe, a device. */
  public void put(String key, byte[] content, String mode) {
    client.putObject(
        request -> request.bucket(BUCKET).key(key).metadata(Map.of("mode", mode)),
        RequestBody.fromBytes(content));
  }

  /** The tasks' logs of a time until now, the latest first, each with its name before it. */
  String logs(Duration time) {
    Instant since = Instant.now().minus(time);
    return client
        .listObjectsV2Paginator(request -> request.bucket(BUCKET).prefix("logs/"))
        .contents()
        .stream()
        .filter(each -> each.lastModified().isAfter(since))
        .sorted(Comparator.comparing(S3Object::lastModified).reversed())
        .map(each -> "== " + each.key() + "\n" + text(each.key()) + "\n")
        .collect(Collectors.joining());
  }

  private String text(String key) {
    return client.getObjectAsBytes(request -> request.bucket(BUCKET).key(key)).asUtf8String();
  }

  /** Deletes one object of the bucket. */
  public void delete(String key) {
    client.deleteObject(request -> request.bucket(BUCKET).key(key));
  }

  /** The server ends: connections are refused. */
  public void stop() {
    Docker.client().stopContainerCmd(container.getContainerId()).exec();
  }

  /**
   * The opposite of {@link #stop}, under the same address and with the same objects. Returns when
   * it answers; the first request may meet a connection from before.
   */
  public void start() {
    Docker.client().startContainerCmd(container.getContainerId()).exec();
    Waiting.until(
        "S3 answers",
        START,
        () -> client.listBuckets().hasBuckets(),
        Boolean::booleanValue,
        container::getLogs);
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
