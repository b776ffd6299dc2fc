package org.airflowappliance.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import org.airflowappliance.cluster.Cluster;
import org.airflowappliance.cluster.Cluster.CaFile;
import org.airflowappliance.cluster.ClusterYaml;
import org.airflowappliance.cluster.Trust;
import org.airflowappliance.plan.AirflowLine;
import org.airflowappliance.plan.AirflowLines;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.Definitions;
import org.airflowappliance.plan.PackedDefinitions;
import picocli.CommandLine.Option;

/** What {@code plan}, {@code build} and others share: the cluster file and the definitions. */
abstract class Common {
  private static final long LATEST = 0xFFFF_FFFFL;

  @Option(
      names = "--definitions",
      paramLabel = "DIR",
      description =
          "Read rpm, images, kickstart and manifests from this folder instead of the tool's own.")
  Path definitionsFolder;

  /** The cluster file; none for the example. */
  abstract Optional<Path> file();

  Definitions definitions() {
    if (definitionsFolder == null) {
      return PackedDefinitions.carried();
    }
    if (!Files.isDirectory(definitionsFolder.resolve("rpm"))) {
      throw new UserError(
          "--definitions: '"
              + definitionsFolder
              + "' holds no folder rpm; name the folder that holds rpm,"
              + " images, kickstart and manifests");
    }
    return PackedDefinitions.folder(definitionsFolder);
  }

  Blueprint blueprint() {
    Definitions definitions = definitions();
    Cluster cluster = cluster(definitions);
    AirflowLine line = AirflowLines.read(definitions, cluster.airflowVersion());
    Optional<Instant> epoch = epoch(System.getenv("SOURCE_DATE_EPOCH"));
    return new Blueprint(cluster, definitions, line, epoch.orElse(line.locked()));
  }

  Cluster cluster(Definitions definitions) {
    List<String> versions = AirflowLines.versions(definitions);
    return file()
        .map(named -> ClusterYaml.read(named, versions))
        .orElseGet(() -> ClusterYaml.example(versions));
  }

  /** The time that SOURCE_DATE_EPOCH says; an RPM holds it in 32 bits without sign. */
  static Optional<Instant> epoch(String seconds) {
    if (seconds == null || seconds.isEmpty()) {
      return Optional.empty();
    }
    if (!seconds.matches("[0-9]{1,10}") || Long.parseLong(seconds) > LATEST) {
      throw new UserError(
          "SOURCE_DATE_EPOCH: '%s' is not a number of seconds since 1970 from 0 to %d; correct or unset it"
              .formatted(seconds, LATEST));
    }
    return Optional.of(Instant.ofEpochSecond(Long.parseLong(seconds)));
  }

  /**
   * Whom to believe about a server, by the option {@code --ca-file}.
   *
   * @param caFile the option's value; null when it was not given
   * @return Java's own CAs and those of the file; empty without a file
   */
  static Optional<TrustManager[]> trust(Path caFile) throws IOException {
    if (caFile == null) {
      return Optional.empty();
    }
    String pem = Files.readString(caFile, StandardCharsets.ISO_8859_1);
    if (!pem.contains("-----BEGIN CERTIFICATE-----")) {
      throw new UserError(
          caFile
              + ": holds no '-----BEGIN CERTIFICATE-----'; give the CA's certificate in PEM form");
    }
    return Optional.of(new Trust(new CaFile(caFile.toString(), pem)).managers());
  }

  /** Where downloads, derived folders and the development key are kept. */
  static Path cacheFolder(Path option) {
    if (option != null) {
      return option.toAbsolutePath();
    }
    for (String[] known :
        new String[][] {{"APPLIANCE_CACHE", ""}, {"XDG_CACHE_HOME", "airflow-appliance"}}) {
      String value = System.getenv(known[0]);
      if (value != null && !value.isEmpty()) {
        return Path.of(value).resolve(known[1]).toAbsolutePath();
      }
    }
    return Path.of(System.getProperty("user.home"), ".cache", "airflow-appliance");
  }
}
