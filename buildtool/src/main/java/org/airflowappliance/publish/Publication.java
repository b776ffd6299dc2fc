package org.airflowappliance.publish;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;
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
  private final Map<Edition, Map<String, String>> others;
  private final Pointer wanted;
  private final boolean alone;

  private Publication(Publishable release, Place place, boolean alone) throws IOException {
    this.release = release;
    this.place = place;
    this.alone = alone;
    this.before = place.read(Layout.MIRRORS);
    this.current = before.map(Text::text).flatMap(Pointer::read);
    this.others = others();
    this.wanted = wanted(release);
  }

  private static Pointer wanted(Publishable release) throws IOException {
    Path own = release.folder().resolve(Layout.MIRRORS);
    return Pointer.of(
            release.cluster(), release.edition(), Files.exists(own) ? Files.readString(own) : "")
        .orElseThrow(
            () ->
                new PublishProblem(
                    own
                        + ": names no address that ends with /rpm; build the release again, with all of its sections"));
  }

  /**
   * Looks at a place, and changes nothing.
   *
   * @param older whether a release may be published that is older than the current one
   * @throws PublishProblem when this release cannot be published there
   */
  public static Publication of(Publishable release, Place place, boolean older) throws IOException {
    return refused(new Publication(release, place, false), older);
  }

  /**
   * The same for whoever changes it then: from now on others are kept out, where that is possible.
   */
  public static Publication begin(Publishable release, Place place, boolean older)
      throws IOException {
    return refused(new Publication(release, place, place.begin()), older);
  }

  private static Publication refused(Publication found, boolean older) {
    found.refuse(older);
    return found;
  }

  private void refuse(boolean older) {
    if (before.isPresent() && current.isEmpty()) {
      throw new PublishProblem(
          "%s: %s is there and was not published; name a place of its own, not a folder that `appliance build` wrote, or remove that file if it was damaged"
              .formatted(place.name(), Layout.MIRRORS));
    }
    current.ifPresent(there -> refuse(there, older));
    others.forEach(
        (edition, files) -> {
          if (edition.serial() == release.serial() && !files.isEmpty()) {
            throw new PublishProblem(
                "%s: release %d is published already, with other content (%s, this is %s); raise `release` in cluster.yaml and build"
                    .formatted(place.name(), edition.serial(), edition, release.edition()));
          }
        });
  }

  private void refuse(Pointer there, boolean older) {
    if (!there.cluster().equals(release.cluster())) {
      throw new PublishProblem(
          "%s: holds releases of cluster '%s', not of '%s'; name a place of its own"
              .formatted(place.name(), there.cluster(), release.cluster()));
    }
    int published = there.edition().serial();
    if (published > release.serial() && !older) {
      throw new PublishProblem(
          "%s: release %d is published, and this is %d; publish a newer one, or go back with --allow-older"
              .formatted(place.name(), published, release.serial()));
    }
  }

  /** What there is to do, found without doing it. */
  public Steps steps(Optional<Integer> keep) throws IOException {
    TreeMap<String, String> missing = missing(content());
    List<Edition> pruned = pruned(keep);
    Optional<Edition> former =
        former().filter(each -> !pruned.contains(each) && others.containsKey(each));
    String pointer = wanted.after(former).text();
    return new Steps(
        missing,
        sources(missing),
        !before.map(Text::text).equals(Optional.of(pointer)),
        pointer,
        missing(release.lasting()),
        outdated(),
        pruned.stream().map(Edition::folder).toList());
  }

  /**
   * Packages that were built again under the version that they have in the current release: a node
   * that has one keeps it.
   */
  public List<String> rebuilt() {
    Map<String, String> published =
        current.map(Pointer::edition).map(others::get).orElseGet(TreeMap::new);
    return release.files().entrySet().stream()
        .filter(each -> each.getKey().endsWith(".rpm"))
        .filter(
            each -> !each.getValue().equals(published.getOrDefault(each.getKey(), each.getValue())))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The release's folder as it has to be: path in the place to SHA-256. */
  private TreeMap<String, String> content() {
    String folder = release.edition().folder();
    TreeMap<String, String> content = new TreeMap<>();
    release.files().forEach((path, sha256) -> content.put(folder + path, sha256));
    return content;
  }

  /** The one before this release, also when this is the current one already. */
  private Optional<Edition> former() {
    return current.flatMap(
        there ->
            there.edition().equals(release.edition())
                ? there.before()
                : Optional.of(there.edition()));
  }

  /**
   * What there is to do.
   *
   * @param missing of the release's folder: path in the place to SHA-256
   * @param sources of those, what is there already below another path
   * @param moves whether the mirror list is another one, or none
   * @param pointer the mirror list's text
   * @param lasting files with an address that stays which are others: path to SHA-256
   * @param outdated such files of other releases that this one has not
   * @param pruned folders of releases that are not kept
   */
  public record Steps(
      Map<String, String> missing,
      Map<String, String> sources,
      boolean moves,
      String pointer,
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
  private Map<String, String> sources(Map<String, String> missing) throws IOException {
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
  private Collection<String> outdated() throws IOException {
    Set<String> gone = new TreeSet<>();
    others.values().forEach(files -> gone.addAll(files.keySet()));
    gone.removeIf(each -> !Layout.isLasting(each));
    gone.removeAll(release.lasting().keySet());
    return place.digests(gone).keySet();
  }

  /**
   * What goes when so many are kept: never the one before, unless it is to be this one alone. Those
   * that never became whole do not count.
   */
  private List<Edition> pruned(Optional<Integer> keep) {
    if (keep.isEmpty()) {
      return List.of();
    }
    Optional<Edition> former = former();
    Stream<Edition> old =
        others.keySet().stream()
            .filter(each -> !others.get(each).isEmpty())
            .sorted(
                Comparator.comparing((Edition each) -> former.equals(Optional.of(each)))
                    .thenComparing(Comparator.naturalOrder())
                    .reversed())
            .skip(keep.get() - 1L);
    Stream<Edition> unfinished =
        others.keySet().stream()
            // a newer one may be on its way
            .filter(each -> others.get(each).isEmpty() && each.serial() <= release.serial());
    return Stream.concat(old, unfinished).toList();
  }

  /**
   * Does it.
   *
   * @param sent is told the bytes as they are sent
   * @throws PublishProblem when another publisher was first
   */
  public void run(Steps steps, LongConsumer sent) throws IOException {
    send(steps.missing(), steps.sources(), sent);
    // also when it says the same: whoever else has replaced it meanwhile is seen
    if (!place.replace(Layout.MIRRORS, before, steps.pointer())) {
      refuseToMix(steps.pointer());
    }
    if (!alone) {
      // whoever removed old releases may have taken this for one of them until now
      send(missing(content()), Map.of(), sent);
    }
    Parallel.each(
        steps.lasting().entrySet(),
        each ->
            place.copy(release.edition().folder() + each.getKey(), each.getKey(), each.getValue()));
    refuseToMix(steps.pointer());
    place.delete(steps.outdated());
    for (String folder : steps.pruned()) {
      refuseToMix(steps.pointer());
      // first its mark of being whole
      place.delete(List.of(folder + Checksums.NAME));
      place.deleteFolder(folder);
    }
  }

  /** Fills the release's folder, its list last: with that it is whole. */
  private void send(Map<String, String> missing, Map<String, String> sources, LongConsumer sent)
      throws IOException {
    List<String> content = new ArrayList<>(missing.keySet());
    String last = release.edition().folder() + Checksums.NAME;
    boolean listMissing = content.remove(last);
    // what takes longest first, or the others wait for it at the end
    content.sort(Comparator.comparingLong(each -> -bytes(each)));
    Parallel.Work<String> send =
        path -> {
          if (sources.containsKey(path)) {
            place.copy(sources.get(path), path, missing.get(path));
          } else {
            place.put(path, release.folder().resolve(own(path)), missing.get(path), sent);
          }
        };
    Parallel.each(content, send);
    if (listMissing) {
      send.with(last);
    }
  }

  private void refuseToMix(String pointer) throws IOException {
    Optional<String> there = place.read(Layout.MIRRORS).map(Text::text);
    if (!there.equals(Optional.of(pointer))) {
      throw new PublishProblem(
          "%s: somebody else publishes there, and the current release is %s now; publish that one again, or this one if it is to be the current one"
              .formatted(
                  place.name(),
                  there
                      .flatMap(Pointer::read)
                      .map(each -> each.edition().toString())
                      .orElse("unknown")));
    }
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
