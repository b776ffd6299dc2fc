package org.airflowappliance.publish;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.airflowappliance.file.Tally;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** A folder of a bucket; publishers exclude each other by conditional writes of one object. */
final class BucketPlace implements Place {
  /** S3 takes 10,000 parts of an object; a part is what is sent again when a connection breaks. */
  private static final int PART = 16 << 20;

  private static final int DELETED_AT_ONCE = 1000;
  private static final String SHA256 = "sha256";
  private static final String FOR_EVER = "public, max-age=31536000, immutable";
  private static final String ASK_AGAIN = "no-cache";

  private final String name;
  private final String bucket;
  private final String prefix;
  private final S3Client client;

  /**
   * A folder of a bucket.
   *
   * @param address {@code s3://BUCKET/FOLDER}, the folder may be left out
   * @param client how it is reached; closed with this
   * @throws PublishProblem when the address is none
   */
  BucketPlace(URI address, S3Client client) {
    this.name = address.toString();
    this.bucket = address.getAuthority();
    String path = address.getPath().replaceAll("^/+|/+$", "");
    this.prefix = path.isEmpty() ? "" : path + "/";
    this.client = client;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean begin() {
    return false; // who is late is refused when the mirror list is replaced
  }

  @Override
  public Map<String, String> digests(Collection<String> paths) throws IOException {
    Map<String, String> found = new ConcurrentHashMap<>();
    Parallel.each(
        paths,
        path ->
            head(path)
                .map(metadata -> metadata.get(SHA256))
                .ifPresent(sha256 -> found.put(path, sha256)));
    return found;
  }

  private Optional<Map<String, String>> head(String path) {
    return present(
        () -> client.headObject(request -> request.bucket(bucket).key(prefix + path)).metadata());
  }

  @Override
  public List<String> names(String folder) {
    String start = prefix + folder;
    return explained(
        () -> {
          List<String> names = new ArrayList<>();
          client
              .listObjectsV2Paginator(
                  request -> request.bucket(bucket).prefix(start).delimiter("/"))
              .forEach(
                  page -> {
                    page.commonPrefixes().forEach(each -> names.add(each.prefix()));
                    page.contents().forEach(each -> names.add(each.key()));
                  });
          return names.stream().map(each -> each.substring(start.length())).sorted().toList();
        });
  }

  @Override
  public Optional<Text> read(String path) {
    return present(
        () -> {
          var answer =
              client.getObjectAsBytes(request -> request.bucket(bucket).key(prefix + path));
          return new Text(answer.asString(StandardCharsets.UTF_8), answer.response().eTag());
        });
  }

  @Override
  public void put(String path, Path file, String sha256, LongConsumer sent) throws IOException {
    long size = Files.size(file);
    if (size > PART) {
      putParts(path, file, sha256, sent);
      return;
    }
    String digest = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(sha256));
    explained(
        () ->
            client.putObject(
                request ->
                    request
                        .bucket(bucket)
                        .key(prefix + path)
                        .metadata(Map.of(SHA256, sha256))
                        .cacheControl(cacheControl(path))
                        .contentType(contentType(path))
                        .checksumSHA256(digest),
                RequestBody.fromFile(file)));
    sent.accept(size);
  }

  private void putParts(String path, Path file, String sha256, LongConsumer sent)
      throws IOException {
    String key = prefix + path;
    String upload =
        explained(
            () ->
                client
                    .createMultipartUpload(
                        request ->
                            request
                                .bucket(bucket)
                                .key(key)
                                .metadata(Map.of(SHA256, sha256))
                                .cacheControl(cacheControl(path))
                                .contentType(contentType(path))
                                .checksumAlgorithm(ChecksumAlgorithm.SHA256))
                    .uploadId());
    try {
      List<CompletedPart> parts = parts(key, upload, file, sha256, sent);
      explained(
          () ->
              client.completeMultipartUpload(
                  request ->
                      request
                          .bucket(bucket)
                          .key(key)
                          .uploadId(upload)
                          .multipartUpload(whole -> whole.parts(parts))));
    } catch (PublishProblem | IOException problem) {
      abort(key, upload, problem);
      throw problem;
    }
  }

  /** Sends all parts; what comes out has to be the whole that was wanted. */
  private List<CompletedPart> parts(
      String key, String upload, Path file, String sha256, LongConsumer sent) throws IOException {
    List<CompletedPart> parts = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file);
        Tally whole = new Tally(OutputStream.nullOutputStream())) {
      for (byte[] bytes = in.readNBytes(PART); bytes.length > 0; bytes = in.readNBytes(PART)) {
        whole.write(bytes);
        parts.add(part(key, upload, parts.size() + 1, bytes));
        sent.accept(bytes.length);
      }
      if (!whole.hex().equals(sha256)) {
        throw new PublishProblem(
            file + ": was changed while it was published; leave the release alone and repeat");
      }
    }
    return parts;
  }

  private CompletedPart part(String key, String upload, int number, byte[] bytes) {
    return explained(
        () -> {
          var answer =
              client.uploadPart(
                  request ->
                      request
                          .bucket(bucket)
                          .key(key)
                          .uploadId(upload)
                          .partNumber(number)
                          .checksumAlgorithm(ChecksumAlgorithm.SHA256),
                  RequestBody.fromBytes(bytes));
          return CompletedPart.builder()
              .partNumber(number)
              .eTag(answer.eTag())
              .checksumSHA256(answer.checksumSHA256())
              .build();
        });
  }

  private void abort(String key, String upload, Exception problem) {
    try {
      client.abortMultipartUpload(request -> request.bucket(bucket).key(key).uploadId(upload));
    } catch (SdkException also) {
      // the first problem is the one to tell
      problem.addSuppressed(also);
    }
  }

  @Override
  public void copy(String from, String to, String sha256) {
    explained(
        () ->
            client.copyObject(
                request ->
                    request
                        .sourceBucket(bucket)
                        .sourceKey(prefix + from)
                        .destinationBucket(bucket)
                        .destinationKey(prefix + to)
                        .metadataDirective(MetadataDirective.REPLACE)
                        .metadata(Map.of(SHA256, sha256))
                        .cacheControl(cacheControl(to))
                        .contentType(contentType(to))));
  }

  @Override
  public boolean replace(String path, Optional<Text> before, String text) {
    try {
      client.putObject(
          request -> {
            request
                .bucket(bucket)
                .key(prefix + path)
                .cacheControl(cacheControl(path))
                .contentType(contentType(path));
            before.ifPresentOrElse(
                there -> request.ifMatch(there.version()), () -> request.ifNoneMatch("*"));
          },
          RequestBody.fromString(text));
      return true;
    } catch (S3Exception refused) {
      // 409: another conditional write is under way at this moment
      if (refused.statusCode() == 412 || refused.statusCode() == 409) {
        return false;
      }
      throw problem(refused);
    } catch (SdkClientException unreachable) {
      throw problem(unreachable);
    }
  }

  @Override
  public void delete(Collection<String> paths) {
    List<ObjectIdentifier> keys =
        paths.stream().map(each -> ObjectIdentifier.builder().key(prefix + each).build()).toList();
    for (int start = 0; start < keys.size(); start += DELETED_AT_ONCE) {
      List<ObjectIdentifier> some =
          keys.subList(start, Math.min(keys.size(), start + DELETED_AT_ONCE));
      var answer =
          explained(
              () ->
                  client.deleteObjects(
                      request -> request.bucket(bucket).delete(all -> all.objects(some))));
      answer.errors().stream()
          .findFirst()
          .ifPresent(
              each -> {
                throw new PublishProblem(
                    "%s: %s cannot be deleted (%s); let the keys do that, or delete it yourself"
                        .formatted(name, each.key(), each.message()));
              });
    }
  }

  @Override
  public void deleteFolder(String folder) {
    String start = prefix + folder;
    List<String> keys =
        explained(
            () ->
                client
                    .listObjectsV2Paginator(request -> request.bucket(bucket).prefix(start))
                    .contents()
                    .stream()
                    .map(each -> each.key().substring(prefix.length()))
                    .toList());
    delete(keys);
  }

  @Override
  public void close() {
    client.close();
  }

  private static String cacheControl(String path) {
    return path.startsWith(Layout.RELEASES) ? FOR_EVER : ASK_AGAIN;
  }

  private static String contentType(String path) {
    return path.matches(".*\\.(ks|repo|ipxe|cfg|conf|yaml|asc|digest)|.*/mirrorlist|.*SHA256SUMS")
        ? "text/plain; charset=utf-8"
        : "application/octet-stream";
  }

  private <T> Optional<T> present(Supplier<T> request) {
    try {
      return Optional.of(request.get());
    } catch (S3Exception refused) {
      // a HEAD has no body that tells a missing bucket from a missing object
      if (refused.statusCode() == 404 && !"NoSuchBucket".equals(code(refused))) {
        return Optional.empty();
      }
      throw problem(refused);
    } catch (SdkClientException unreachable) {
      throw problem(unreachable);
    }
  }

  private <T> T explained(Supplier<T> request) {
    try {
      return request.get();
    } catch (S3Exception refused) {
      throw problem(refused);
    } catch (SdkClientException unreachable) {
      throw problem(unreachable);
    }
  }

  private static String code(S3Exception refused) {
    return refused.awsErrorDetails() == null ? "" : refused.awsErrorDetails().errorCode();
  }

  private PublishProblem problem(S3Exception refused) {
    String code = code(refused);
    String said =
        switch (refused.statusCode()) {
          case 404 ->
              code.equals("NoSuchBucket")
                  ? "there is no bucket '%s'; create it or correct --s3".formatted(bucket)
                  : "something was removed there meanwhile (%s); repeat this".formatted(code);
          case 401, 403 ->
              "the keys are refused (%s); correct them, or let them list, read, write and delete below %s/%s"
                  .formatted(code, bucket, prefix);
          case 301 -> "the bucket is in another region; give it with --s3-region";
          case 400 ->
              "the server refuses the request (%s: %s); correct --s3-region, or take new keys"
                  .formatted(code, firstLine(refused));
          case 501 ->
              "the server cannot do what publishing needs (%s: %s), such as conditional writes, which keep two"
                      .formatted(code, firstLine(refused))
                  + " publishers apart; publish to a folder with --dir instead";
          default ->
              "the server said %d (%s), also when it was asked again; repeat this when it is well"
                  .formatted(refused.statusCode(), firstLine(refused));
        };
    return new PublishProblem(name + ": " + said, refused);
  }

  private PublishProblem problem(SdkClientException unreachable) {
    for (Throwable cause = unreachable; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException) {
        return new PublishProblem(
            "%s: no trusted connection (%s); name the CA that signed the server's certificate with --ca-file"
                .formatted(name, firstLine(cause)),
            unreachable);
      }
    }
    return new PublishProblem(
        "%s: no answer (%s); give its address with --s3-endpoint and its keys in AWS_ACCESS_KEY_ID and"
                .formatted(name, firstLine(unreachable))
            + " AWS_SECRET_ACCESS_KEY or a profile, and check that the server runs",
        unreachable);
  }

  private static String firstLine(Throwable problem) {
    return String.valueOf(problem.getMessage()).lines().findFirst().orElse("");
  }
}
