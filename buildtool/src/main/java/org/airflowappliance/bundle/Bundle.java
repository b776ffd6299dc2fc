package org.airflowappliance.bundle;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.airflowappliance.file.Content;
import org.airflowappliance.file.Tally;
import org.airflowappliance.file.Tar;
import org.airflowappliance.file.TemporaryFolder;
import org.airflowappliance.release.Checksums;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * A release as one file for a site without a network: an archive of a folder that is a dnf
 * repository where it is unpacked, with the packages of others that nodes need.
 *
 * @param release the folder of the release
 * @param lists its {@code SHA256SUMS} and that one's signature, by name, as they were when the
 *     release was verified: what differs from them is not packed
 * @param cluster its cluster's name
 * @param number the release's
 * @param at where it will be unpacked, an absolute path
 */
public record Bundle(
    Path release, Map<String, byte[]> lists, String cluster, int number, String at) {
  private static final String OWN = "release/";
  private static final String FOREIGN = "foreign/";
  private static final String KEY = FOREIGN + "RPM-GPG-KEY-";

  private static final String REPO_FILE =
      """
      # Unpack the bundle in %1$s, put this file into /etc/yum.repos.d and run:
      #   dnf %4$sinstall airflow-cluster-%2$s
      [airflow-%2$s]
      name=Airflow cluster %2$s, from a bundle
      baseurl=file://%1$s/%3$s/release/rpm
      enabled=1
      # packages and metadata are both signed; neither is taken without a good signature
      gpgcheck=1
      repo_gpgcheck=1
      gpgkey=file://%1$s/%3$s/release/rpm/RPM-GPG-KEY-airflow-appliance
      metadata_expire=60
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
      metadata_expire=60
      """;

  public Bundle {
    lists = Map.copyOf(lists);
  }

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
   * @param keys the public keys of {@code foreign}, which the bundle carries
   * @param progress takes the bytes of each file that was written
   * @throws BundleProblem when others' packages cannot be had, or the release was changed
   */
  public Written write(
      Path target, Optional<ForeignPackages> foreign, List<byte[]> keys, LongConsumer progress)
      throws IOException {
    try (TemporaryFolder work =
        TemporaryFolder.in(Optional.of(target.toAbsolutePath().getParent()), ".bundle-")) {
      TreeMap<String, Content> files = own();
      int packages = 0;
      String repoFile =
          REPO_FILE.formatted(
              at,
              cluster,
              name(),
              foreign.isPresent()
                  ? "--disablerepo='*' --enablerepo='airflow-%s*' ".formatted(cluster)
                  : "");
      if (foreign.isPresent()) {
        Path rpms = release.resolve("rpm").toRealPath();
        Path folder = foreign.get().fetch(rpms, "airflow-cluster-" + cluster, work.path());
        packages = add(files, folder);
        int number = 0;
        for (byte[] key : keys) {
          files.put(KEY + ++number, Content.of(key));
        }
        repoFile +=
            FOREIGN_REPO.formatted(
                at,
                cluster,
                name(),
                files.keySet().stream()
                    .filter(each -> each.startsWith(KEY))
                    .map(each -> "file://%s/%s/%s".formatted(at, name(), each))
                    .collect(Collectors.joining(" ")));
      }
      files.put("airflow-" + cluster + ".repo", Content.of(repoFile));
      Path made = work.path().resolve("bundle");
      Tally tally = archive(files, made, progress);
      Files.move(made, target, StandardCopyOption.ATOMIC_MOVE);
      return new Written(files.size(), packages, tally.size(), tally.hex());
    }
  }

  /** The release's files: those that its list names, and the lists. */
  private TreeMap<String, Content> own() {
    TreeMap<String, Content> files = new TreeMap<>();
    new String(lists.get(Checksums.NAME), StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.split(" {2}", 2))
        .forEach(part -> files.put(OWN + part[1], new Verified(release.resolve(part[1]), part[0])));
    lists.forEach((name, bytes) -> files.put(OWN + name, Content.of(bytes)));
    return files;
  }

  /** Adds others' packages with their metadata; gives how many packages. */
  private static int add(TreeMap<String, Content> files, Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.filter(each -> Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS)).toList();
    }
    all.forEach(each -> files.put(FOREIGN + folder.relativize(each), Content.of(each)));
    return (int) all.stream().filter(each -> each.toString().endsWith(".rpm")).count();
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

  /** A file that has to be what it was when the release was verified. */
  private record Verified(Path file, String sha256) implements Content {
    @Override
    public long size() throws IOException {
      return Files.size(file);
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      try (Tally tally = new Tally(out)) {
        Files.copy(file, tally);
        String is = tally.hex();
        if (!is.equals(sha256)) {
          throw new BundleProblem(
              List.of(
                  "%s: has sha256 %s, but had %s when it was verified; let nobody write there, and bundle again"
                      .formatted(file, is, sha256)));
        }
      }
    }
  }
}
