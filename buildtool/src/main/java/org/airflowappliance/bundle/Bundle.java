package org.airflowappliance.bundle;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.airflowappliance.file.Content;
import org.airflowappliance.file.Tally;
import org.airflowappliance.file.Tar;
import org.airflowappliance.file.TemporaryFolder;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * A release as one file for a site without a network: an archive of a folder that is a dnf
 * repository where it is unpacked, with the packages of others that nodes need.
 *
 * @param release the folder of a verified release
 * @param cluster its cluster's name
 * @param number the release's
 * @param at where it will be unpacked, an absolute path
 */
public record Bundle(Path release, String cluster, int number, String at) {
  private static final String OWN = "release";
  private static final String FOREIGN = "foreign";
  private static final String KEY = "RPM-GPG-KEY-";

  private static final String REPO_FILE =
      """
      # Unpack the bundle in %1$s, put this file into /etc/yum.repos.d and run:
      #   dnf --disablerepo='*' --enablerepo='airflow-%2$s*' install airflow-cluster-%2$s
      [airflow-%2$s]
      name=Airflow cluster %2$s, from a bundle
      baseurl=file://%1$s/%3$s/release/rpm
      enabled=1
      # packages and metadata are both signed; neither is taken without a good signature
      gpgcheck=1
      repo_gpgcheck=1
      gpgkey=file://%1$s/%3$s/release/rpm/RPM-GPG-KEY-airflow-appliance
      """;

  private static final String FOREIGN_REPO =
      """

      [airflow-%2$s-foreign]
      name=What Airflow cluster %2$s needs of others, from a bundle
      baseurl=file://%1$s/%3$s/foreign
      enabled=1
      # whoever made a package has signed it
      gpgcheck=1
      gpgkey=%4$s
      """;

  /** How the folder in the archive is called. */
  public String name() {
    return "airflow-%s-%d".formatted(cluster, number);
  }

  /**
   * What was written.
   *
   * @param files how many there are in the archive
   * @param foreign how many packages of others among them
   * @param bytes of the archive
   * @param sha256 of the archive, hexadecimal
   */
  public record Written(int files, int foreign, long bytes, String sha256) {}

  /**
   * Writes the archive; an older file of the name is replaced when the new one is whole.
   *
   * @param foreign where to take others' packages from; empty to leave them out
   * @param keyFiles the public keys of {@code foreign}, which the bundle carries
   * @param progress takes the bytes of each file that was written
   */
  public Written write(
      Path target, Optional<ForeignPackages> foreign, List<Path> keyFiles, LongConsumer progress)
      throws IOException {
    try (TemporaryFolder work =
        TemporaryFolder.in(Optional.of(target.toAbsolutePath().getParent()), ".bundle-")) {
      TreeMap<String, Content> files = new TreeMap<>();
      add(files, OWN, release);
      int packages = 0;
      if (foreign.isPresent()) {
        Path own = release.resolve("rpm").toRealPath();
        Path folder = foreign.get().fetch(own, "airflow-cluster-" + cluster, work.path());
        add(files, FOREIGN, folder);
        packages =
            (int)
                files.keySet().stream().filter(each -> each.matches("foreign/[^/]+\\.rpm")).count();
        for (Path key : keyFiles) {
          files.put(FOREIGN + "/" + KEY + (keyFiles.indexOf(key) + 1), Content.of(key));
        }
      }
      files.put("airflow-" + cluster + ".repo", Content.of(repoFile(foreign, keyFiles.size())));
      Path made = work.path().resolve("bundle");
      Tally tally = archive(files, made, progress);
      Files.move(made, target, StandardCopyOption.ATOMIC_MOVE);
      return new Written(files.size(), packages, tally.size(), tally.hex());
    }
  }

  private Tally archive(TreeMap<String, Content> files, Path made, LongConsumer progress)
      throws IOException {
    try (OutputStream file = Files.newOutputStream(made);
        Tally tally = new Tally(new BufferedOutputStream(file, 1 << 18));
        TarArchiveOutputStream tar = Tar.open(tally)) {
      for (String path : files.keySet()) {
        Tar.add(tar, name() + "/" + path, files.get(path));
        progress.accept(files.get(path).size());
      }
      tar.finish();
      tally.flush();
      return tally;
    }
  }

  private static void add(TreeMap<String, Content> files, String under, Path folder)
      throws IOException {
    Path real = folder.toRealPath();
    try (Stream<Path> walk = Files.walk(real)) {
      walk.filter(each -> Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS))
          .forEach(each -> files.put(under + "/" + real.relativize(each), Content.of(each)));
    }
  }

  private String repoFile(Optional<ForeignPackages> foreign, int keys) {
    String own = REPO_FILE.formatted(at, cluster, name());
    if (foreign.isEmpty()) {
      return own;
    }
    StringBuilder urls = new StringBuilder();
    for (int each = 1; each <= keys; each++) {
      urls.append(" file://%s/%s/foreign/%s%d".formatted(at, name(), KEY, each));
    }
    return own + FOREIGN_REPO.formatted(at, cluster, name(), urls.toString().strip());
  }
}
