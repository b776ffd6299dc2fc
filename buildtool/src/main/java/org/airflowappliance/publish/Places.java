package org.airflowappliance.publish;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import org.airflowappliance.s3.CheckedHttp;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Opens the places that releases are published to. */
public final class Places {
  private static final int ATTEMPTS = 8;

  /** Doubled each time, half of it on average: with eight attempts about half a minute. */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);

  private Places() {}

  /** A folder that a web server serves. */
  public static Place folder(Path folder) {
    return new FolderPlace(folder);
  }

  /**
   * A folder of a bucket; the keys come from where AWS's own tools take them.
   *
   * @param address {@code s3://BUCKET/FOLDER}
   * @param server where the bucket is; empty for AWS
   */
  public static Place bucket(URI address, Server server) {
    UrlConnectionHttpClient.Builder http = UrlConnectionHttpClient.builder();
    server.trust().ifPresent(managers -> http.tlsTrustManagersProvider(() -> managers));
    S3ClientBuilder client =
        S3Client.builder()
            .region(Region.of(server.region()))
            .httpClient(new CheckedHttp(http.build()))
            .overrideConfiguration(
                settings ->
                    settings.retryStrategy(
                        AwsRetryStrategy.standardRetryStrategy().toBuilder()
                            .maxAttempts(ATTEMPTS)
                            .backoffStrategy(
                                BackoffStrategy.exponentialDelay(FIRST_PAUSE, LONGEST_PAUSE))
                            .build()));
    server.endpoint().ifPresent(each -> client.endpointOverride(each).forcePathStyle(true));
    return new BucketPlace(address, client.build());
  }

  /**
   * An object store.
   *
   * @param endpoint none for AWS's own
   * @param region name
   * @param trust what decides whether its certificate is believed; none for Java's own
   */
  public record Server(Optional<URI> endpoint, String region, Optional<TrustManager[]> trust) {}
}
