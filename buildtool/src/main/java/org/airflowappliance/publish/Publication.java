package org.airflowappliance.publish;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.airflowappliance.publish.Place.Text;
import org.airflowappliance.release.Checksums;

/**
 * Publishes a release to a place, so that whoever reads meanwhile, or after this was killed at any
 * moment, finds the release before or this one, each whole.
 *
 * <p>First the release's own folder is filled, its list of checksums last; then the mirror list is
 * replaced, which is the moment of publishing; then what has an address that stays. A repetition
 * sends what is missing.
 */
public final class Publication {
  private final Publishable release;
  private final Place place;
  private final Optional<Text> before;
  private final Optional<Pointer> current;
  private final Pointer wanted;

  private Publication(Publishable release, Place place) throws IOException {
    this.release = release;
    this.place = place;
    this.before = place.read(Layout.MIRRORS);
    this.current = before.map(Text::text).flatMap(Pointer::read);
    this.wanted = Pointer.to(release, Files.readString(release.folder().resolve(Layout.MIRRORS)));
  }

  /**
   * Looks at a place, and changes nothing.
   *
   * @param older whether a release may be published that is older than the current one
   * @throws PublishProblem when this release cannot be published there
   */
  public static Publication of(Publishable release, Place place, boolean older) throws IOException {
    Publication found = new Publication(release, place);
    found.refuse(older);
    return found;
  }

  private void refuse(boolean older) {
    if (before.isPresent() && current.isEmpty()) {
      throw new PublishProblem(
          "%s: %s is there and was not published; name a place of its own, not a folder that `appliance build` wrote"
              .formatted(place.name(), Layout.MIRRORS));
    }
    current.ifPresent(there -> refuse(there, older));
  }

  private void refuse(Pointer there, boolean older) {
    if (!there.cluster().equals(release.cluster())) {
      throw new PublishProblem(
          "%s: holds releases of cluster '%s', not of '%s'; name a place of its own"
              .formatted(place.name(), there.cluster(), release.cluster()));
    }
    int published = there.edition().serial();
    if (published == release.serial() && !there.edition().equals(release.edition())) {
      throw new PublishProblem(
          "%s: release %d is published already, with other content (%s, this is %s); raise `release` in cluster.yaml and build"
              .formatted(place.name(), published, there.edition(), release.edition()));
    }
    if (published > release.serial() && !older) {
      throw new PublishProblem(
          "%s: release %d is published, and this is %d; publish a newer one, or go back with --allow-older"
              .formatted(place.name(), published, release.serial()));
    }
  }

  /** What there is to do, found without doing it. */
  public Steps steps(Optional<Integer> keep) throws IOException {
    String folder = release.edition().folder();
    TreeMap<String, String> content = new TreeMap<>();
    release.files().forEach((path, sha256) -> content.put(folder + path, sha256));
    TreeMap<String, String> missing = missing(content);
    Map<Edition, Map<String, String>> others = others();
    Map<String, String> sources = sources(missing, others);
    TreeMap<String, String> lasting = missing(release.lasting());
    boolean moves = !before.map(Text::text).equals(Optional.of(wanted.text()));
    return new Steps(missing, sources, moves, lasting, outdated(others), pruned(others, keep));
  }

  /**
   * What there is to do.
   *
   * @param missing of the release's folder: path in the place to SHA-256
   * @param sources of those, what is there already below another path
   * @param moves whether another release is the current one, or none
   * @param lasting files with an address that stays which are others: path to SHA-256
   * @param outdated such files of other releases that this one has not
   * @param pruned folders of releases that are not kept
   */
  public record Steps(
      Map<String, String> missing,
      Map<String, String> sources,
      boolean moves,
      Map<String, String> lasting,
      Collection<String> outdated,
      List<String> pruned) {
    /** Whether all is as it should be. */
    public boolean isNothing() {
      return missing.isEmpty()
          && !moves
          && lasting.isEmpty()
          && outdated.isEmpty()
          && pruned.isEmpty();
    }
  }

  private TreeMap<String, String> missing(Map<String, String> wanted) throws IOException {
    Map<String, String> there = place.digests(wanted.keySet());
    TreeMap<String, String> missing = new TreeMap<>(wanted);
    missing.entrySet().removeIf(each -> each.getValue().equals(there.get(each.getKey())));
    return missing;
  }

  /** Most of a release is as in others; a place can copy that by itself. */
  private Map<String, String> sources(
      Map<String, String> missing, Map<Edition, Map<String, String>> others) throws IOException {
    Map<String, String> byDigest = new TreeMap<>();
    others.forEach(
        (edition, files) ->
            files.forEach((path, sha256) -> byDigest.put(sha256, edition.folder() + path)));
    Map<String, String> candidates = new TreeMap<>();
    missing.forEach(
        (path, sha256) -> {
          if (byDigest.containsKey(sha256)) {
            candidates.put(path, byDigest.get(sha256));
          }
        });
    // a list says what was published; only what is so still is copied
    Map<String, String> there = place.digests(new TreeSet<>(candidates.values()));
    candidates
        .entrySet()
        .removeIf(each -> !missing.get(each.getKey()).equals(there.get(each.getValue())));
    return candidates;
  }

  /** What the lists of all other releases name that are published whole, the newest last. */
  private Map<Edition, Map<String, String>> others() throws IOException {
    Map<Edition, Map<String, String>> others = new TreeMap<>();
    for (String name : place.names(Layout.RELEASES)) {
      Optional<Edition> edition = Edition.named(name.replaceFirst("/$", ""));
      if (edition.isPresent() && !edition.get().equals(release.edition())) {
        others.put(
            edition.get(),
            place
                .read(edition.get().folder() + Checksums.NAME)
                .map(Text::text)
                .map(Publishable::listed)
                .orElseGet(TreeMap::new));
      }
    }
    return others;
  }

  /** Not of the one before alone: a publication that was interrupted may have left some. */
  private Collection<String> outdated(Map<Edition, Map<String, String>> others) throws IOException {
    Set<String> gone = new TreeSet<>();
    others.values().forEach(files -> gone.addAll(files.keySet()));
    gone.removeIf(each -> !Layout.isLasting(each));
    gone.removeAll(release.lasting().keySet());
    return place.digests(gone).keySet();
  }

  /** Those that never became whole do not count among what is kept. */
  private List<String> pruned(Map<Edition, Map<String, String>> others, Optional<Integer> keep) {
    if (keep.isEmpty()) {
      return List.of();
    }
    Stream<Edition> old =
        others.keySet().stream()
            .filter(each -> !others.get(each).isEmpty())
            .sorted(Comparator.reverseOrder())
            .skip(keep.get() - 1L);
    Stream<Edition> unfinished =
        others.keySet().stream()
            // a newer one may be on its way
            .filter(each -> others.get(each).isEmpty() && each.serial() <= release.serial());
    return Stream.concat(old, unfinished).map(Edition::folder).toList();
  }

  /**
   * Does it.
   *
   * @param progress is told the bytes that are sent
   * @throws PublishProblem when another publisher was first
   */
  public void run(Steps steps, Progress progress) throws IOException {
    place.begin();
    List<String> content = new ArrayList<>(steps.missing().keySet());
    String last = release.edition().folder() + Checksums.NAME;
    boolean listMissing = content.remove(last);
    // what takes longest first, or the others wait for it at the end
    content.sort(Comparator.comparingLong(each -> -bytes(each)));
    Parallel.each(content, path -> send(path, steps, progress));
    if (listMissing) {
      send(last, steps, progress);
    }
    if (steps.moves() && !place.replace(Layout.MIRRORS, before, wanted.text())) {
      refuseToMix();
    }
    Parallel.each(
        steps.lasting().entrySet(),
        each ->
            place.copy(release.edition().folder() + each.getKey(), each.getKey(), each.getValue()));
    place.delete(steps.outdated());
    for (String folder : steps.pruned()) {
      // first its mark of being whole
      place.delete(List.of(folder + Checksums.NAME));
      place.deleteFolder(folder);
    }
  }

  /** Whoever sent the same release did the same. */
  private void refuseToMix() throws IOException {
    Optional<Pointer> there = place.read(Layout.MIRRORS).map(Text::text).flatMap(Pointer::read);
    if (!there.equals(Optional.of(wanted))) {
      throw new PublishProblem(
          "%s: somebody else has published there meanwhile, and that is the current release now (%s); nothing of it was changed, look at it before you repeat this"
              .formatted(
                  place.name(), there.map(each -> each.edition().toString()).orElse("unknown")));
    }
  }

  /** Is told what is sent. */
  @FunctionalInterface
  public interface Progress {
    void sent(String path, long bytes);
  }

  private void send(String path, Steps steps, Progress progress) throws IOException {
    String sha256 = steps.missing().get(path);
    String source = steps.sources().get(path);
    if (source != null) {
      place.copy(source, path, sha256);
      return;
    }
    place.put(
        path, release.folder().resolve(own(path)), sha256, bytes -> progress.sent(path, bytes));
  }

  private String own(String path) {
    return path.substring(release.edition().folder().length());
  }

  /** Bytes that have to be sent. */
  public long bytes(Steps steps) {
    return steps.missing().keySet().stream()
        .filter(each -> !steps.sources().containsKey(each))
        .mapToLong(this::bytes)
        .sum();
  }

  /** Bytes of one file of the release's folder in the place. */
  public long bytes(String path) {
    return release.size(own(path));
  }
}
