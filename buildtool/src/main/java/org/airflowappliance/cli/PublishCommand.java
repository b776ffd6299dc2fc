package org.airflowappliance.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.airflowappliance.file.Deletion;
import org.airflowappliance.image.OciImage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code appliance publish}: puts the images of a release where Kubernetes pulls them. */
@Command(
    name = "publish",
    description = {
      "Pushes the images of a release to a registry, under the digests that its manifests name.",
      "Credentials come from Docker's configuration and its helpers (`docker login`)."
    },
    footer = {"", "Example:", "  appliance publish release --registry registry.example/airflow"})
final class PublishCommand implements Callable<Integer> {
  @Mixin Verbosity verbosity;

  @Parameters(index = "0", paramLabel = "RELEASE", description = "The folder of a release.")
  Path release;

  @Option(
      names = "--registry",
      required = true,
      paramLabel = "HOST/PATH",
      description = "Where the images go, as images.registry in cluster.yaml.")
  String registry;

  @Option(
      names = "--insecure",
      description = "Allow plain HTTP, or a certificate that this machine does not trust.")
  boolean insecure;

  @Override
  public Integer call() throws IOException {
    ReleaseFolder folder = new ReleaseFolder(release);
    List<String> archives = folder.files("image");
    if (archives.isEmpty()) {
      throw new UserError(release + ": holds no image; build it without --only");
    }
    String tag = folder.tag();
    for (String archive : archives) {
      push(release.resolve(archive), tag);
    }
    return 0;
  }

  private void push(Path archive, String tag) throws IOException {
    String name = archive.getFileName().toString().replaceFirst("\\.tar$", "");
    String expected = Files.readString(archive.resolveSibling(name + ".digest")).strip();
    String target = registry.replaceFirst("/+$", "") + "/" + name;
    String pushed = pushed(archive, target + ":" + tag);
    if (!pushed.equals(expected)) {
      throw new UserError(
          target
              + ": has digest "
              + pushed
              + " now, but the release says "
              + expected
              + "; its archive was changed: build the release again");
    }
    if (!verbosity.quiet()) {
      System.out.println("pushed " + target + ":" + tag + "@" + pushed);
    }
  }

  private String pushed(Path archive, String reference) throws IOException {
    Console console = new Console(System.err, Console.onTerminal(), verbosity.quiet());
    long size = Files.size(archive);
    Path scratch = Files.createTempDirectory("appliance-publish-");
    try {
      return new OciImage(scratch, dockerConfig(), insecure)
          .push(
              archive,
              reference,
              done -> console.progress("pushing " + reference, (long) (done * size), size));
    } finally {
      console.clear();
      Deletion.of(scratch);
    }
  }

  /** Where Docker's own client looks. */
  private static Path dockerConfig() {
    String folder = System.getenv("DOCKER_CONFIG");
    return folder == null || folder.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".docker", "config.json")
        : Path.of(folder, "config.json");
  }
}
