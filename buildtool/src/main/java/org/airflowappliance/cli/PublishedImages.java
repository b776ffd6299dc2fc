package org.airflowappliance.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.airflowappliance.file.Deletion;
import org.airflowappliance.image.Attachment;
import org.airflowappliance.image.OciImage;
import org.airflowappliance.plan.BareSignature;

/**
 * A release's images on their way to registries.
 *
 * @param release the release
 * @param insecure whether plain HTTP or an unknown certificate will do
 * @param verbosity how much is said
 */
record PublishedImages(ReleaseFolder release, boolean insecure, Verbosity verbosity) {
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
    String name = archive.getFileName().toString().replaceFirst("\\.tar$", "");
    String digest = Files.readString(archive.resolveSibling(name + ".digest")).strip();
    String target = registry + "/" + name + ":" + release.tag();
    Path scratch = Files.createTempDirectory("appliance-publish-");
    try {
      OciImage images = new OciImage(scratch, dockerConfig(), insecure);
      if (images.isThere(target, digest)) {
        verbosity.say("kept " + target + "@" + digest);
      } else if (dryRun) {
        verbosity.say(
            "would push %s@%s (%s)".formatted(target, digest, Console.size(Files.size(archive))));
      } else {
        push(images, archive, target, digest);
      }
      sign(images, archive.resolveSibling(name + ".cosign.json"), target, digest, dryRun);
    } finally {
      Deletion.of(scratch);
    }
  }

  /** Puts the image's signature where cosign looks for it; after the image, which it speaks of. */
  private void sign(OciImage images, Path claim, String target, String digest, boolean dryRun)
      throws IOException {
    Path signature = claim.resolveSibling(claim.getFileName() + BareSignature.SUFFIX);
    if (dryRun || !Files.exists(claim) || !Files.exists(signature)) {
      return;
    }
    String repository = target.substring(0, target.lastIndexOf(':'));
    Attachment attached =
        Attachment.signature(
            digest, Files.readAllBytes(claim), Files.readString(signature).strip());
    if (images.attach(repository, attached)) {
      verbosity.say("signed " + target + "@" + digest);
    }
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
