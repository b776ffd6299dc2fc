package org.airflowappliance.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.airflowappliance.cluster.ImageHost;
import org.airflowappliance.publish.Place;
import org.airflowappliance.publish.Places;
import org.airflowappliance.publish.PublishProblem;
import org.airflowappliance.publish.Publishable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code appliance publish}: puts a release where nodes and Kubernetes fetch it. */
@Command(
    name = "publish",
    description = {
      "Pushes the images of a release to registries, and the whole of it to buckets or folders that a web server serves at"
          + " distribution.url. Any of them, each as often as needed; safe to repeat, what is there is not sent again.",
      "A reader never sees half a release: each has a folder of its own, and rpm/mirrorlist, by which dnf finds it, is replaced when that is whole.",
      "Credentials of registries come from Docker's configuration and its helpers (`docker login`), keys of buckets from where"
          + " AWS's own tools take them (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, profiles, the machine's role)."
    },
    footer = {
      "",
      "Example:",
      "  appliance publish dist --registry registry.example/airflow --s3 s3://packages/airflow --dry-run",
      "  appliance publish dist --registry registry.example/airflow --dir /srv/www --keep 3"
    })
final class PublishCommand implements Callable<Integer> {
  @Spec CommandSpec spec;
  @Mixin Verbosity verbosity;

  @Parameters(index = "0", paramLabel = "RELEASE", description = "The folder of a release.")
  Path release;

  @Option(
      names = "--registry",
      paramLabel = "HOST/PATH",
      description = "Where images go, as images.registry in cluster.yaml.")
  List<String> registries = List.of();

  @Option(
      names = "--s3",
      paramLabel = "s3://BUCKET/FOLDER",
      description = "A bucket that is served at distribution.url.")
  List<URI> buckets = List.of();

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "A folder that is served at distribution.url.")
  List<Path> folders = List.of();

  @Option(names = "--dry-run", description = "Only say what would be pushed, sent and removed.")
  boolean dryRun;

  @Option(
      names = "--keep",
      paramLabel = "N",
      description =
          "Remove all but this, the one before and the N-2 newest others from buckets and folders (default: none is removed). Keep"
              + " two or more: nodes may read the one before for a minute.")
  Optional<Integer> keep = Optional.empty();

  @Option(
      names = "--allow-older",
      description = "Publish it also where a newer one is the current one: a way back.")
  boolean allowOlder;

  @Option(
      names = "--s3-endpoint",
      paramLabel = "URL",
      description = "The server of the buckets, when it is not AWS.")
  Optional<URI> endpoint = Optional.empty();

  @Option(
      names = "--s3-region",
      paramLabel = "NAME",
      description = "The buckets' region (default: ${DEFAULT-VALUE}).",
      defaultValue = "${env:AWS_REGION:-us-east-1}")
  String region;

  @Option(
      names = "--ca-file",
      paramLabel = "FILE",
      description = "CAs to believe about --s3-endpoint besides those of Java, PEM.")
  Path caFile;

  @Option(
      names = "--insecure",
      description =
          "Allow registries with plain HTTP, or a certificate that this machine does not trust.")
  boolean insecure;

  @Override
  public Integer call() throws IOException {
    check();
    ReleaseFolder folder = new ReleaseFolder(release);
    PublishedImages images = new PublishedImages(folder, insecure, verbosity);
    if (!registries.isEmpty()) {
      images.check();
    }
    List<Place> opened = new ArrayList<>();
    try {
      publish(images, folder, opened);
    } finally {
      opened.forEach(Place::close);
    }
    return 0;
  }

  private void publish(PublishedImages images, ReleaseFolder folder, List<Place> opened)
      throws IOException {
    List<PublishedPlace> places = new ArrayList<>();
    if (!buckets.isEmpty() || !folders.isEmpty() || folder.isListed()) {
      Publishable wanted = Publishable.of(release);
      openAll(opened);
      opened.forEach(
          each -> places.add(new PublishedPlace(each, wanted, keep, allowOlder, verbosity)));
    }
    checkAll(places);
    for (String registry : registries) {
      images.push(registry, dryRun);
    }
    for (PublishedPlace place : places) {
      if (dryRun) {
        place.preview();
      } else {
        place.publish();
      }
    }
  }

  private void check() {
    if (registries.isEmpty() && buckets.isEmpty() && folders.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "Name where to: --registry, --s3 or --dir, any of them.");
    }
    if (keep.filter(count -> count < 1).isPresent()) {
      throw new ParameterException(
          spec.commandLine(),
          "--keep: " + keep.get() + " is no number of releases; give 1 or more.");
    }
    for (String registry : registries) {
      ImageHost.problem(registry)
          .ifPresent(
              problem -> {
                throw new UserError("--registry: " + problem);
              });
    }
    for (URI bucket : buckets) {
      String name = bucket.getAuthority(); // not the host: bucket names may have what hosts may not
      if (!"s3".equals(bucket.getScheme()) || name == null || !name.matches("[A-Za-z0-9._-]+")) {
        throw new ParameterException(
            spec.commandLine(), "--s3: '" + bucket + "' is not of the form s3://BUCKET/FOLDER.");
      }
    }
  }

  private void openAll(List<Place> opened) throws IOException {
    Places.Server server = new Places.Server(endpoint, region, Common.trust(caFile));
    buckets.stream().distinct().forEach(each -> opened.add(Places.bucket(each, server)));
    folders.stream()
        .map(each -> each.toAbsolutePath().normalize())
        .distinct()
        .forEach(each -> opened.add(Places.folder(each)));
  }

  /** All places are looked at before any is changed, and all their problems are told at once. */
  private static void checkAll(List<PublishedPlace> places) throws IOException {
    List<String> problems = new ArrayList<>();
    for (PublishedPlace place : places) {
      try {
        place.check();
      } catch (PublishProblem problem) {
        problems.add(problem.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      throw new PublishProblem(problems);
    }
  }
}
