package org.airflowappliance.image;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.Credential;
import com.google.cloud.tools.jib.api.CredentialRetriever;
import com.google.cloud.tools.jib.api.DescriptorDigest;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InsecureRegistryException;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.RegistryAuthenticationFailedException;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.RegistryImage;
import com.google.cloud.tools.jib.api.RegistryUnauthorizedException;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import com.google.cloud.tools.jib.blob.Blob;
import com.google.cloud.tools.jib.blob.BlobDescriptor;
import com.google.cloud.tools.jib.blob.Blobs;
import com.google.cloud.tools.jib.event.EventHandlers;
import com.google.cloud.tools.jib.event.events.ProgressEvent;
import com.google.cloud.tools.jib.event.progress.ProgressEventHandler;
import com.google.cloud.tools.jib.frontend.CredentialRetrieverFactory;
import com.google.cloud.tools.jib.hash.Digests;
import com.google.cloud.tools.jib.http.FailoverHttpClient;
import com.google.cloud.tools.jib.http.ResponseException;
import com.google.cloud.tools.jib.image.json.UnknownManifestFormatException;
import com.google.cloud.tools.jib.registry.RegistryClient;
import com.google.cloud.tools.jib.registry.RegistryCredentialsNotSentException;
import com.google.cloud.tools.jib.registry.credentials.CredentialRetrievalException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.DoubleConsumer;
import javax.net.ssl.SSLException;
import org.airflowappliance.image.OciManifests.Descriptor;
import org.airflowappliance.lock.StoreProblem;

/**
 * Makes images and moves them to and from registries; with its {@link OciManifests} the only class
 * that knows the image library.
 *
 * @param scratch an empty folder, for the library's copies of layers
 * @param dockerConfig Docker's configuration file, with credentials and helpers
 * @param insecure whether plain HTTP or an unknown certificate will do
 */
public record OciImage(Path scratch, Path dockerConfig, boolean insecure) {
  private static final String TOOL = "airflow-appliance";
  private static final int RETRIES = 4;
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** For registries as the user of this machine reaches them, over TLS. */
  OciImage(Path scratch) {
    this(scratch, Path.of(System.getProperty("user.home"), ".docker", "config.json"), false);
  }

  /** Makes an OCI layout of the layers in an archive. */
  void write(Path layers, ImageSpec spec, Instant created, Path layout) throws IOException {
    JibContainerBuilder image = tar(layers, created);
    image
        .setUser(spec.settings().user())
        .setWorkingDirectory(AbsoluteUnixPath.get(spec.settings().workingDirectory()))
        .setEntrypoint(spec.settings().entrypoint())
        .setProgramArguments(spec.settings().command())
        .setLabels(spec.settings().labels());
    spec.settings().environment().forEach(image::addEnvironmentVariable);
    try {
      TarImage target = TarImage.at(layout).named(spec.localName());
      run(image, Containerizer.to(target).setOfflineMode(true), spec.name());
    } catch (InvalidImageReferenceException problem) {
      throw new IllegalArgumentException(spec.name() + ": " + problem.getMessage(), problem);
    }
  }

  /** Fetches an image of a registry into an archive, its layers as they are. */
  void pull(String reference, Path archive, DoubleConsumer progress) throws IOException {
    Containerizer target =
        Containerizer.to(TarImage.at(archive).named(ImageReference.of(null, "base", "pulled")));
    watch(target, progress);
    run(Jib.from(registry(reference)), target, reference);
  }

  /**
   * Whether a registry has an image under its tag and a digest; false as well when it does not say,
   * since whoever pushes then hears why.
   *
   * @param reference {@code HOST/PATH:TAG}
   */
  public boolean isThere(String reference, String digest) {
    ImageReference image = parsed(reference);
    try {
      return asked(image, false, client -> isThere(client, image, digest));
    } catch (StoreProblem unknown) {
      return false;
    }
  }

  /**
   * The same from a registry that has to say it.
   *
   * @throws StoreProblem when it does not
   */
  public boolean has(String reference, String digest) {
    ImageReference image = parsed(reference);
    return patiently(
        reference, () -> asked(image, false, client -> isThere(client, image, digest)));
  }

  private static boolean isThere(RegistryClient client, ImageReference image, String digest)
      throws IOException, RegistryException {
    return digest.equals(tagged(client, image.getTag().orElse("latest")));
  }

  /**
   * Whether something is beside an image of a registry.
   *
   * @param repository {@code HOST/PATH} of the image
   * @throws StoreProblem when the registry does not say
   */
  public boolean hasAttached(String repository, Attachment attachment) throws IOException {
    ImageReference image = parsed(repository);
    Put put = new Put(attachment);
    return patiently(repository, () -> asked(image, false, put::isThere));
  }

  /**
   * Puts something beside an image of a registry, unless it is there.
   *
   * @param repository {@code HOST/PATH} of the image
   * @return whether it was missing
   * @throws StoreProblem when the registry does not take it
   */
  public boolean attach(String repository, Attachment attachment) throws IOException {
    ImageReference image = parsed(repository);
    Put put = new Put(attachment);
    return patiently(
        repository, () -> !asked(image, false, put::isThere) && asked(image, true, put::done));
  }

  /** An attachment as a registry has it: content, configuration, and the manifest of both. */
  private static final class Put {
    private final Attachment attachment;
    private final Blob content;
    private final Blob configuration;
    private final OciManifests.Manifest manifest;

    Put(Attachment attachment) throws IOException {
      this.attachment = attachment;
      content = bytes(attachment.content());
      Descriptor layer =
          described(content, attachment.mediaType(), new TreeMap<>(attachment.annotations()));
      configuration = bytes(attachment.configuration(layer.digest));
      manifest =
          new OciManifests.Manifest(
              described(configuration, OciManifests.CONFIGURATION, null), layer);
    }

    boolean isThere(RegistryClient client) throws IOException, RegistryException {
      String wanted = Digests.computeDigest(manifest).getDigest().toString();
      return wanted.equals(tagged(client, attachment.tag()));
    }

    boolean done(RegistryClient client) throws IOException, RegistryException {
      send(client, content);
      send(client, configuration);
      client.pushManifest(manifest, attachment.tag());
      return true;
    }

    private static Blob bytes(byte[] all) {
      return Blobs.from(out -> out.write(all), false);
    }
  }

  /**
   * A file about an image.
   *
   * @param file where it is
   * @param type its media type, by which readers choose
   */
  public record Bill(Path file, String type) {}

  /**
   * What became of files about an image.
   *
   * @param files those that a registry had not, or had not listed
   * @param listed whether it tells of them also to those who know no referrers
   */
  public record Referred(List<Path> files, boolean listed) {
    public Referred {
      files = List.copyOf(files);
    }
  }

  /**
   * Attaches files to an image that a registry has, as OCI's referrers; what is attached already
   * stays.
   *
   * @param repository {@code HOST/PATH} of the image
   * @param archive of the image
   * @throws StoreProblem when the registry does not take them
   */
  public Referred refer(String repository, Path archive, List<Bill> bills) throws IOException {
    Descriptor subject;
    try (ImageArchive image = ImageArchive.open(archive)) {
      subject = new Descriptor(OciManifests.MANIFEST, image.digest(), image.size(), null, null);
    }
    ImageReference image = parsed(repository);
    return patiently(
        repository, () -> asked(image, true, client -> referred(client, subject, bills)));
  }

  private static Referred referred(RegistryClient client, Descriptor subject, List<Bill> bills)
      throws IOException, RegistryException {
    List<Path> sent = new ArrayList<>();
    List<Descriptor> all = new ArrayList<>();
    Blob empty = Blobs.from(OciManifests.EMPTY);
    send(client, empty);
    for (Bill each : bills) {
      Map<String, String> title =
          Map.of("org.opencontainers.image.title", each.file().getFileName().toString());
      Blob file = Blobs.from(each.file());
      send(client, file);
      OciManifests.Manifest manifest =
          new OciManifests.Manifest(
              each.type(),
              described(empty, OciManifests.EMPTY_TYPE, null),
              described(file, each.type(), title),
              subject);
      BlobDescriptor written = Digests.computeDigest(manifest);
      String digest = written.getDigest().toString();
      all.add(new Descriptor(OciManifests.MANIFEST, digest, written.getSize(), each.type(), null));
      if (tagged(client, digest).isEmpty()) {
        client.pushManifest(manifest, digest);
        sent.add(each.file());
      }
    }
    // also when all are there: who sent them may have been interrupted before the list
    boolean listed = list(client, subject.digest.replace(':', '-'), all);
    return new Referred(listed ? bills.stream().map(Bill::file).toList() : sent, listed);
  }

  /**
   * Registries that do not know referrers have them in an index under a tag, as OCI's distribution
   * specification says.
   *
   * @return whether they are in it; an index with more than these, which the library cannot read,
   *     stays as it is
   */
  private static boolean list(RegistryClient client, String tag, List<Descriptor> own)
      throws IOException, RegistryException {
    try {
      if (client.checkManifest(tag).isPresent()) {
        return false;
      }
    } catch (JsonMappingException | UnknownManifestFormatException foreign) {
      return false;
    }
    client.pushManifest(new OciManifests.Index(own), tag);
    return true;
  }

  /** Sends some bytes unless they are there. */
  private static void send(RegistryClient client, Blob bytes)
      throws IOException, RegistryException {
    DescriptorDigest digest = bytes.writeTo(OutputStream.nullOutputStream()).getDigest();
    if (client.checkBlob(digest).isEmpty()) {
      client.pushBlob(digest, bytes, null, unused -> {});
    }
  }

  private static Descriptor described(Blob bytes, String type, Map<String, String> annotations)
      throws IOException {
    BlobDescriptor written = bytes.writeTo(OutputStream.nullOutputStream());
    return new Descriptor(
        type, written.getDigest().toString(), written.getSize(), null, annotations);
  }

  /** What is asked of a registry. */
  private interface Question<T> {
    T of(RegistryClient client) throws IOException, RegistryException;
  }

  /**
   * Asks a registry.
   *
   * @param image of the registry
   * @param push whether something is put there, for which there may be other rights
   */
  private <T> T asked(ImageReference image, boolean push, Question<T> question) {
    String reference = image.toString();
    FailoverHttpClient http = new FailoverHttpClient(isInsecure(reference), false, unused -> {});
    try {
      Optional<Credential> credential = credentials(image).retrieve();
      RegistryClient.Factory factory =
          RegistryClient.factory(
              EventHandlers.NONE, image.getRegistry(), image.getRepository(), http);
      credential.ifPresent(factory::setCredential);
      RegistryClient client = factory.newRegistryClient();
      boolean bearer = push ? client.doPushBearerAuth() : client.doPullBearerAuth();
      if (!bearer && credential.isPresent()) {
        client.configureBasicAuth();
      }
      return question.of(client);
    } catch (IOException | RegistryException | CredentialRetrievalException problem) {
      throw explained(reference, problem);
    } finally {
      shutDown(http);
    }
  }

  private static ImageReference parsed(String reference) {
    try {
      return ImageReference.parse(reference);
    } catch (InvalidImageReferenceException problem) {
      throw illegal(reference, problem);
    }
  }

  /** Digest of what has a tag; empty when nothing of ours has it. */
  private static String tagged(RegistryClient client, String tag)
      throws IOException, RegistryException {
    try {
      return client.checkManifest(tag).map(found -> found.getDigest().toString()).orElse("");
    } catch (JsonMappingException | UnknownManifestFormatException foreign) {
      // the library reads what it needs of manifests, and of no other that OCI allows
      return "";
    }
  }

  private static void shutDown(FailoverHttpClient http) {
    try {
      http.shutDown();
    } catch (IOException left) {
      // its connections end with the process
    }
  }

  /**
   * Puts the image of an archive into a registry; what fails by chance is tried again, which sends
   * what is missing.
   *
   * @param reference {@code HOST/PATH:TAG}
   * @param progress is told the part that is done, from 0 to 1
   * @return the digest under which the registry has it
   */
  public String push(Path archive, String reference, DoubleConsumer progress) throws IOException {
    Instant created;
    try (ImageArchive image = ImageArchive.open(archive)) {
      created = Instant.parse(image.configuration().path("created").asText());
    }
    Instant time = created;
    return patiently(
        reference,
        () -> {
          Containerizer target = Containerizer.to(registry(reference));
          watch(target, progress);
          return run(tar(archive, time), target, reference);
        });
  }

  /** What is done with a registry. */
  private interface Attempt<T> {
    T once() throws IOException;
  }

  /** Tries again what fails by chance. */
  private static <T> T patiently(String what, Attempt<T> attempt) {
    for (int failures = 0; ; failures++) {
      try {
        return attempt.once();
      } catch (IOException problem) {
        throw explained(what, problem);
      } catch (StoreProblem problem) {
        if (failures == RETRIES || !isByChance(problem)) {
          throw problem;
        }
        pause(what, failures);
      }
    }
  }

  /**
   * What another try may change: a server that is overloaded or restarts, a connection that broke.
   */
  private static boolean isByChance(Throwable problem) {
    boolean broke = false;
    for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
      if (cause instanceof ResponseException answer) {
        return answer.getStatusCode() >= 500 || answer.getStatusCode() == 429;
      }
      if (cause instanceof ConnectException
          || cause instanceof UnknownHostException
          || cause instanceof SSLException
          || cause instanceof FileSystemException) {
        return false;
      }
      broke |= cause instanceof IOException;
    }
    return broke;
  }

  private static void pause(String reference, int failures) {
    try {
      Thread.sleep(PAUSE.multipliedBy(1L << failures).toMillis());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new StoreProblem(reference + ": interrupted", interrupted);
    }
  }

  private static JibContainerBuilder tar(Path archive, Instant created) {
    return Jib.from(TarImage.at(archive)).setFormat(ImageFormat.OCI).setCreationTime(created);
  }

  private RegistryImage registry(String reference) {
    try {
      ImageReference image = ImageReference.parse(reference);
      return RegistryImage.named(image).addCredentialRetriever(credentials(image));
    } catch (InvalidImageReferenceException problem) {
      throw illegal(reference, problem);
    }
  }

  private CredentialRetriever credentials(ImageReference image) {
    return CredentialRetrieverFactory.forImage(image, unused -> {}).dockerConfig(dockerConfig);
  }

  private static StoreProblem illegal(String reference, InvalidImageReferenceException problem) {
    return new StoreProblem(reference + ": is not the name of an image; write HOST/PATH", problem);
  }

  private boolean isInsecure(String reference) {
    return insecure || reference.matches("(localhost|127\\.[0-9.]+)[:/].*");
  }

  private static void watch(Containerizer target, DoubleConsumer progress) {
    ProgressEventHandler handler =
        new ProgressEventHandler(update -> progress.accept(update.getProgress()));
    target.addEventHandler(ProgressEvent.class, handler);
  }

  private String run(JibContainerBuilder image, Containerizer target, String what)
      throws IOException {
    target
        .setToolName(TOOL)
        .setAllowInsecureRegistries(isInsecure(what))
        .setBaseImageLayersCache(scratch.resolve("base"))
        .setApplicationLayersCache(scratch.resolve("own"));
    try {
      return image.containerize(target).getDigest().toString();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new StoreProblem(what + ": interrupted", interrupted);
    } catch (ExecutionException | RegistryException | CacheDirectoryCreationException problem) {
      throw explained(what, problem);
    } catch (IOException problem) {
      throw explained(what, problem);
    }
  }

  /** The innermost cause that a user can do something about. */
  private static StoreProblem explained(String what, Exception problem) {
    for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
      String advice = advice(cause);
      if (!advice.isEmpty()) {
        return new StoreProblem(what + ": " + advice, problem);
      }
    }
    Throwable last = problem;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    return new StoreProblem(what + ": the registry or the way to it failed: " + last, problem);
  }

  private static String advice(Throwable cause) {
    if (cause instanceof RegistryUnauthorizedException
        || cause instanceof RegistryAuthenticationFailedException) {
      return "the registry refuses the credentials of Docker's configuration (or there are none);"
          + " run `docker login` for it";
    }
    if (cause instanceof RegistryCredentialsNotSentException) {
      return "the registry asks for credentials over plain HTTP, where they are not sent; give it a"
          + " certificate";
    }
    if (cause instanceof InsecureRegistryException || cause instanceof SSLException) {
      return "the registry does not speak TLS with a certificate that this machine trusts; trust its"
          + " CA, or give --insecure where there is that option";
    }
    if (cause instanceof UnknownHostException) {
      return "the host is not known; correct its name";
    }
    if (cause instanceof ConnectException) {
      return "the registry does not answer (" + cause.getMessage() + "); check that it runs";
    }
    return cause instanceof ResponseException answer && answer.getStatusCode() == 404
        ? "the registry has no such image or path; correct its name"
        : "";
  }
}
