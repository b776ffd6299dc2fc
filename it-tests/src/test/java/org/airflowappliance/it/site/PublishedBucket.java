package org.airflowappliance.it.site;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.airflowappliance.publish.Place;
import org.airflowappliance.publish.Places;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** A bucket that everybody may read and the tool publishes to. */
public final class PublishedBucket implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final String EVERYBODY_READS =
      """
      {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": ["*"]},
       "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::%s/*"]}]}
      """;

  private final OwnStore minio;
  private final String name;
  private final S3Client client;

  /** A new bucket of this server. */
  public PublishedBucket(OwnStore minio, String name) {
    this.minio = minio;
    this.name = name;
    client =
        S3Client.builder()
            .endpointOverride(URI.create(minio.url()))
            .region(Region.US_EAST_1)
            .forcePathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(minio.administrator(), minio.password())))
            .build();
    client.createBucket(request -> request.bucket(name));
    client.putBucketPolicy(request -> request.bucket(name).policy(EVERYBODY_READS.formatted(name)));
  }

  /** Options of {@code publish} for a folder of it. */
  public String options(String folder) {
    return "--s3 s3://%s/%s --s3-endpoint %s".formatted(name, folder, minio.url());
  }

  /** Where a folder of it is read. */
  public String url(String folder) {
    return minio.url() + "/" + name + "/" + folder;
  }

  /** What everybody gets. */
  public String get(String path) throws IOException {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create(url(path))).timeout(LIMIT).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IOException(stopped);
    }
  }

  /** Writes an object as somebody with the keys might. */
  public void put(String path, String text) {
    client.putObject(request -> request.bucket(name).key(path), RequestBody.fromString(text));
  }

  /** A folder of it as the tool sees it. */
  public Place place(String folder) {
    System.setProperty("aws.accessKeyId", minio.administrator());
    System.setProperty("aws.secretAccessKey", minio.password());
    return Places.bucket(
        URI.create("s3://" + name + "/" + folder),
        new Places.Server(Optional.of(URI.create(minio.url())), "us-east-1", Optional.empty()));
  }

  /** Publishes a release; any exit code but 0 fails. */
  public Program run(Path release, String... more) throws IOException {
    Program ran = attempt(release, more);
    if (ran.code() != 0) {
      throw new IOException("publish: exit code " + ran.code() + "\n" + ran.out() + ran.err());
    }
    return ran;
  }

  /** Publishes a release, or says why not. */
  public Program attempt(Path release, String... more) throws IOException {
    return attempt(environment(minio.url()), release, more);
  }

  /** The same by another way to the server. */
  public Program through(String url, Path release, String... more) throws IOException {
    return attempt(environment(url), release, more);
  }

  /** The same with another environment. */
  public Program attempt(Map<String, String> environment, Path release, String... more)
      throws IOException {
    return Program.attempt(LIMIT, command(environment, release, more));
  }

  /** Begins it, for whoever will not wait for its end. */
  public Process start(Path release, String... more) throws IOException {
    return command(environment(minio.url()), release, more)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** The server's address and its keys, where AWS's own tools take them. */
  public Map<String, String> environment(String url) {
    Map<String, String> all = environment();
    all.put("ENDPOINT", url);
    return all;
  }

  /** The server's keys, where AWS's own tools take them. */
  public Map<String, String> environment() {
    return new TreeMap<>(
        Map.of(
            "AWS_ACCESS_KEY_ID", minio.administrator(),
            "AWS_SECRET_ACCESS_KEY", minio.password()));
  }

  private static ProcessBuilder command(
      Map<String, String> environment, Path release, String... more) {
    List<String> words = new ArrayList<>(List.of("publish", release.toString()));
    words.addAll(List.of("--s3-endpoint", environment.get("ENDPOINT")));
    words.addAll(List.of(more));
    ProcessBuilder builder = new ProcessBuilder(Appliance.command(words));
    builder.environment().putAll(environment);
    return builder;
  }

  @Override
  public void close() {
    client.close();
  }
}
