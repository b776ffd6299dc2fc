package org.airflowappliance.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.airflowappliance.file.TemporaryFolder;
import org.airflowappliance.image.Attachment;
import org.airflowappliance.image.OciImage;
import org.airflowappliance.plan.DetachedSignature;

/**
 * A release's images on their way to registries.
 *
 * @param release the release
 * @param insecure whether plain HTTP or an unknown certificate will do
 * @param verbosity how much is said
 */
record PublishedImages(ReleaseFolder release, boolean insecure, Verbosity verbosity) {
  private static final Map<String, String> BILLS =
      new TreeMap<>(
          Map.of(
              ".cdx.json",
              "application/vnd.cyclonedx+json",
              ".spdx.json",
              "application/spdx+json"));

  /** Fails when there are none. */
  void check() throws IOException {
    if (archives().isEmpty()) {
      throw new UserError(release.path() + ": holds no image; build it without --only");
    }
  }

  private List<String> archives() throws IOException {
    return release.files("image");
  }

  /** Pushes those that a registry lacks. */
  void push(String registry, boolean dryRun) throws IOException {
    for (String archive : archives()) {
      push(release.path().resolve(archive), registry.replaceFirst("/+$", ""), dryRun);
    }
  }

  private void push(Path archive, String registry, boolean dryRun) throws IOException {
    String digest = digest(archive);
    String repository = registry + "/" + name(archive);
    String target = repository + ":" + release.tag();
    try (TemporaryFolder scratch = TemporaryFolder.in(Optional.empty(), "appliance-publish-")) {
      OciImage images = new OciImage(scratch.path(), dockerConfig(), insecure);
      if (images.isThere(target, digest)) {
        verbosity.say("kept " + target + "@" + digest);
      } else if (dryRun) {
        verbosity.say(
            "would push %s@%s (%s)".formatted(target, digest, Console.size(Files.size(archive))));
      } else {
        push(images, archive, target, digest);
      }
      if (!dryRun) {
        sign(images, archive, repository, digest);
        refer(images, archive, repository);
      }
    }
  }

  /** Puts the image's signature where cosign looks for it; after the image, which it speaks of. */
  private void sign(OciImage images, Path archive, String repository, String digest)
      throws IOException {
    Optional<Attachment> signature = signature(archive, digest);
    if (signature.isPresent() && images.attach(repository, signature.get())) {
      verbosity.say("signed " + repository + "@" + digest);
    }
  }

  /** Attaches the image's bills of materials, of which a release of some sections has none. */
  private void refer(OciImage images, Path archive, String repository) throws IOException {
    List<OciImage.Bill> bills = new ArrayList<>();
    BILLS.forEach(
        (suffix, type) -> {
          Path file = release.path().resolve("sbom").resolve(name(archive) + suffix);
          if (Files.isRegularFile(file)) {
            bills.add(new OciImage.Bill(file, type));
          }
        });
    if (bills.isEmpty()) {
      return;
    }
    OciImage.Referred referred = images.refer(repository, archive, bills);
    for (Path each : referred.files()) {
      verbosity.say(
          "attached %s to %s%s"
              .formatted(
                  each.getFileName(),
                  repository,
                  referred.listed() ? "" : "; the index of what is attached had others and stays"));
    }
  }

  /** None in a release of only some sections. */
  private static Optional<Attachment> signature(Path archive, String digest) throws IOException {
    Path claim = archive.resolveSibling(name(archive) + ".cosign.json");
    Path signature =
        claim.resolveSibling(claim.getFileName() + DetachedSignature.Form.BARE.suffix());
    return Files.exists(claim) && Files.exists(signature)
        ? Optional.of(
            Attachment.signature(
                digest, Files.readAllBytes(claim), Files.readString(signature).strip()))
        : Optional.empty();
  }

  private static String name(Path archive) {
    return archive.getFileName().toString().replaceFirst("\\.tar$", "");
  }

  private static String digest(Path archive) throws IOException {
    return Files.readString(archive.resolveSibling(name(archive) + ".digest")).strip();
  }

  /** What a registry lacks of the release, a line each. */
  List<String> lacking(String place) throws IOException {
    String registry = place.replaceFirst("/+$", "");
    List<String> lacking = new ArrayList<>();
    for (String file : archives()) {
      Path archive = release.path().resolve(file);
      String digest = digest(archive);
      String repository = registry + "/" + name(archive);
      String target = repository + ":" + release.tag();
      OciImage images = new OciImage(release.path(), dockerConfig(), insecure);
      Optional<Attachment> signature = signature(archive, digest);
      if (!images.has(target, digest)) {
        lacking.add("%s: is not %s; publish the release there".formatted(target, digest));
      } else if (signature.isPresent() && !images.hasAttached(repository, signature.get())) {
        lacking.add(
            "%s: %s is there without this release's signature; publish the release there"
                .formatted(repository, digest));
      }
    }
    return lacking;
  }

  private void push(OciImage images, Path archive, String target, String digest)
      throws IOException {
    Console console = new Console(System.err, Console.onTerminal(), verbosity.quiet());
    long size = Files.size(archive);
    String pushed;
    try {
      pushed =
          images.push(
              archive,
              target,
              done -> console.progress("pushing " + target, (long) (done * size), size));
    } finally {
      console.clear();
    }
    if (!pushed.equals(digest)) {
      throw new UserError(
          "%s: has digest %s now, but the release says %s; its archive was changed: build the release again"
              .formatted(target, pushed, digest));
    }
    verbosity.say("pushed " + target + "@" + pushed);
  }

  /** Where Docker's own client looks. */
  private static Path dockerConfig() {
    String folder = System.getenv("DOCKER_CONFIG");
    return folder == null || folder.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".docker", "config.json")
        : Path.of(folder, "config.json");
  }
}
