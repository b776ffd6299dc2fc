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
 * @param keep how many releases stay there; all when empty
 * @param allowOlder whether it may be older than the current one
 * @param verbosity how much is said
 */
record PublishedPlace(
    Place place,
    Publishable release,
    Optional<Integer> keep,
    boolean allowOlder,
    Verbosity verbosity) {
  /** Refuses what cannot be published there, and changes nothing. */
  void check() throws IOException {
    Publication.of(release, place, allowOlder);
  }

  /** Looks again, since that may be long ago, and publishes. */
  void publish() throws IOException {
    Publication publication = Publication.begin(release, place, allowOlder);
    Publication.Steps steps = publication.steps(keep);
    if (steps.isNothing()) {
      verbosity.say("kept %s: release %d is there".formatted(place.name(), release.serial()));
      return;
    }
    Console console = new Console(System.err, Console.onTerminal(), verbosity.quiet());
    long all = publication.bytes(steps);
    AtomicLong sent = new AtomicLong();
    try {
      publication.run(
          steps,
          bytes -> console.progress("publishing to " + place.name(), sent.addAndGet(bytes), all));
    } finally {
      console.clear();
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
    warn(publication);
  }

  private void warn(Publication publication) {
    for (String rpm : publication.rebuilt()) {
      String name = rpm.replaceFirst("^rpm/", "").replaceFirst("(-[^-]+){2}$", "");
      System.err.printf(
          "warning: %s: %s was published before under the same version, with other content or another signature: nodes that have"
              + " it keep it (`dnf reinstall %s` there takes this one)%n",
          place.name(), rpm, name);
    }
  }

  /** Only says what would be done. */
  void preview() throws IOException {
    Publication publication = Publication.of(release, place, allowOlder);
    Publication.Steps steps = publication.steps(keep);
    steps
        .missing()
        .forEach(
            (path, unused) ->
                verbosity.say(
                    steps.sources().containsKey(path)
                        ? "would copy %s there from %s".formatted(path, steps.sources().get(path))
                        : "would send %s (%s)"
                            .formatted(path, Console.size(publication.bytes(path)))));
    if (steps.moves()) {
      verbosity.say("would make release %d the current one".formatted(release.serial()));
    }
    steps.lasting().keySet().forEach(each -> verbosity.say("would replace " + each));
    steps.outdated().forEach(each -> verbosity.say("would remove " + each));
    steps.pruned().forEach(each -> verbosity.say("would remove " + each));
    warn(publication);
    verbosity.say(
        "%s: %s to send; nothing was changed"
            .formatted(place.name(), Console.size(publication.bytes(steps))));
  }
}
