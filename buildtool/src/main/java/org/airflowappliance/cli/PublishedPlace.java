package org.airflowappliance.cli;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.airflowappliance.publish.Place;
import org.airflowappliance.publish.Publication;
import org.airflowappliance.publish.Publishable;

/**
 * One place that a release goes to.
 *
 * @param place where
 * @param release what
 * @param publication what was found there
 * @param steps what there is to do
 * @param verbosity how much is said
 */
record PublishedPlace(
    Place place,
    Publishable release,
    Publication publication,
    Publication.Steps steps,
    Verbosity verbosity) {
  /** Looks at a place without changing it. */
  static PublishedPlace of(
      Place place,
      Publishable release,
      Optional<Integer> keep,
      boolean allowOlder,
      Verbosity verbosity)
      throws IOException {
    Publication publication = Publication.of(release, place, allowOlder);
    return new PublishedPlace(place, release, publication, publication.steps(keep), verbosity);
  }

  void publish(boolean dryRun) throws IOException {
    if (dryRun) {
      would();
      return;
    }
    Console console = new Console(System.err, Console.onTerminal(), verbosity.quiet());
    long all = publication.bytes(steps);
    AtomicLong sent = new AtomicLong();
    try {
      publication.run(
          steps,
          (path, bytes) ->
              console.progress("publishing to " + place.name(), sent.addAndGet(bytes), all));
    } finally {
      console.clear();
    }
    if (steps.isNothing()) {
      verbosity.say("kept %s: release %d is there".formatted(place.name(), release.serial()));
      return;
    }
    verbosity.say(
        "published %s: release %d, %d files sent (%s), %d copied there"
            .formatted(
                place.name(),
                release.serial(),
                steps.missing().size() - steps.sources().size(),
                Console.size(all),
                steps.sources().size()));
    steps.pruned().forEach(each -> verbosity.say("removed " + place.name() + "/" + each));
  }

  private void would() {
    steps
        .missing()
        .forEach(
            (path, unused) ->
                verbosity.say(
                    steps.sources().containsKey(path)
                        ? "would copy %s there from %s".formatted(path, steps.sources().get(path))
                        : "would send %s (%s)"
                            .formatted(path, Console.size(publication.bytes(path)))));
    steps.lasting().keySet().forEach(each -> verbosity.say("would replace " + each));
    steps.outdated().forEach(each -> verbosity.say("would remove " + each));
    steps.pruned().forEach(each -> verbosity.say("would remove " + each));
    verbosity.say(
        "%s: %s to send; nothing was changed"
            .formatted(place.name(), Console.size(publication.bytes(steps))));
  }

  void close() {
    place.close();
  }
}
