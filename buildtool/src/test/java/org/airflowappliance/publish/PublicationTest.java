package org.airflowappliance.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.airflowappliance.verify.Verification;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PublicationTest {
  private static final Map<String, String> FILES =
      Map.of(
          "rpm/a.rpm", "a package",
          "rpm/lab.repo", "a repository",
          "kickstart/n1.ks", "of one",
          "kickstart/n2.ks", "of two",
          "images/worker.tar", "an image");

  @TempDir Path folder;
  private Path root;
  private Publishable first;
  private Publishable second;

  @BeforeEach
  void releases() throws IOException {
    root = folder.resolve("www");
    first = SmallRelease.write(folder.resolve("first"), 1, FILES);
    Map<String, String> changed = new TreeMap<>(FILES);
    changed.put("rpm/b.rpm", "another package");
    changed.put("kickstart/n1.ks", "of one, changed");
    changed.remove("kickstart/n2.ks");
    second = SmallRelease.write(folder.resolve("second"), 2, changed);
  }

  @Test
  void eachReleaseHasItsFolderAndTheMirrorListNamesTheCurrentOne() throws IOException {
    Publication.Steps steps = publish(first, Optional.empty());

    assertThat(steps.missing()).hasSize(first.files().size());
    assertThat(current()).isEqualTo(first.edition());
    assertThat(root.resolve("rpm/mirrorlist"))
        .hasContent(
            "# Cluster lab, release 1: where dnf finds the packages.\n%s/%srpm\n"
                .formatted(SmallRelease.URL, first.edition().folder()));
    assertThat(root.resolve("kickstart/n1.ks")).hasContent("of one");
    assertThat(root.resolve("rpm/lab.repo")).hasContent("a repository");
    assertThat(root.resolve("rpm/a.rpm")).doesNotExist();
    wholeIsThere(first);
  }

  @Test
  void anotherReleaseSendsWhatIsNewAndTheOneBeforeStays() throws IOException {
    publish(first, Optional.empty());
    Publication.Steps steps = publish(second, Optional.empty());

    assertThat(steps.sources().keySet())
        .containsExactlyInAnyOrder(
            second.edition().folder() + "rpm/a.rpm",
            second.edition().folder() + "rpm/lab.repo",
            second.edition().folder() + "images/worker.tar");
    assertThat(current()).isEqualTo(second.edition());
    assertThat(root.resolve("kickstart/n1.ks")).hasContent("of one, changed");
    assertThat(root.resolve("kickstart/n2.ks")).doesNotExist();
    wholeIsThere(first);
    wholeIsThere(second);
    assertThat(root.resolve("rpm/mirrorlist"))
        .as("who has the metadata of the one before finds its packages")
        .hasContent(
            "# Cluster lab, release 2: where dnf finds the packages.\n%s/%srpm\n%1$s/%3$srpm\n"
                .formatted(SmallRelease.URL, second.edition().folder(), first.edition().folder()));
    assertThat(publish(second, Optional.empty()).isNothing()).isTrue();
  }

  @Test
  void theOneBeforeIsKeptAlsoWhenOthersAreNewer() throws IOException {
    Publishable third = afterTheFirstCameBack();
    assertThat(publish(third, Optional.of(2)).pruned()).containsExactly(second.edition().folder());
    wholeIsThere(first);
  }

  @Test
  void theOneBeforeIsKeptAlsoWhenItIsSaidAgain() throws IOException {
    Publishable third = afterTheFirstCameBack();
    publish(third, Optional.empty());
    String mirrors = Files.readString(root.resolve("rpm/mirrorlist"));
    assertThat(publish(third, Optional.of(2)).pruned()).containsExactly(second.edition().folder());
    assertThat(root.resolve("rpm/mirrorlist")).hasContent(mirrors);
    wholeIsThere(first);
  }

  /** The third release, when the first is current again though the second is newer. */
  private Publishable afterTheFirstCameBack() throws IOException {
    publish(first, Optional.empty());
    publish(second, Optional.empty());
    back(first);
    return SmallRelease.write(folder.resolve("third"), 3, FILES);
  }

  private void back(Publishable release) throws IOException {
    try (Place place = new FolderPlace(root)) {
      Publication back = Publication.begin(release, place, true);
      back.run(back.steps(Optional.empty()), bytes -> {});
    }
  }

  @Test
  void whoWasThoughtOldByAnotherPublisherIsWholeInTheEnd() throws IOException {
    publish(first, Optional.empty());
    publish(second, Optional.empty());
    try (Place place = new FolderPlace(root)) {
      // as a bucket: nobody is kept out
      Publication late = Publication.of(first, place, true);
      Publication.Steps steps = late.steps(Optional.empty());
      Files.delete(root.resolve(first.edition().folder() + "rpm/a.rpm"));
      Files.delete(root.resolve(first.edition().folder() + "SHA256SUMS"));
      late.run(steps, bytes -> {});
    }
    assertThat(current()).isEqualTo(first.edition());
    wholeIsThere(first);
  }

  @Test
  void aNumberIsNotPublishedTwiceWithDifferentContentsEvenLater() throws IOException {
    publish(first, Optional.empty());
    publish(second, Optional.empty());
    back(first);
    refused(
        SmallRelease.write(folder.resolve("again"), 2, FILES),
        "release 2 is published already, with other content");
  }

  @Test
  void numbersMayBeAsLargeAsTheClusterFileAllows() throws IOException {
    Publishable large = SmallRelease.write(folder.resolve("large"), Integer.MAX_VALUE, FILES);
    publish(large, Optional.empty());
    assertThat(publish(large, Optional.empty()).isNothing()).isTrue();
    assertThat(Edition.named("99999999999-0123456789ab")).isEmpty();
    assertThat(Edition.named("2147483648-0123456789ab")).isEmpty();
  }

  @Test
  void aPackageThatNodesWillNotTakeIsNamed() throws IOException {
    publish(first, Optional.empty());
    Map<String, String> changed = new TreeMap<>(FILES);
    changed.put("rpm/a.rpm", "the same version, built anew");
    Publishable third = SmallRelease.write(folder.resolve("third"), 3, changed);
    try (Place place = new FolderPlace(root)) {
      assertThat(Publication.of(third, place, false).rebuilt()).containsExactly("rpm/a.rpm");
      assertThat(Publication.of(second, place, false).rebuilt()).isEmpty();
    }
  }

  @Test
  void theSameAgainIsNothing() throws IOException {
    publish(first, Optional.empty());
    assertThat(publish(first, Optional.of(1)).isNothing()).isTrue();
  }

  @Test
  void whatWasDamagedThereIsSentAgain() throws IOException {
    publish(first, Optional.empty());
    Path damaged = root.resolve(first.edition().folder() + "rpm/a.rpm");
    Files.delete(damaged);
    Files.writeString(damaged, "no package");
    assertThat(publish(first, Optional.empty()).missing())
        .containsOnlyKeys(first.edition().folder() + "rpm/a.rpm");
    wholeIsThere(first);
  }

  @Test
  void damagedFilesAreNoSourceForTheNextRelease() throws IOException {
    publish(first, Optional.empty());
    Path damaged = root.resolve(first.edition().folder() + "images/worker.tar");
    Files.delete(damaged);
    Files.writeString(damaged, "no image");
    publish(second, Optional.empty());
    wholeIsThere(second);
  }

  @Test
  void oldReleasesGoWhenSoManyAreKept() throws IOException {
    publish(first, Optional.empty());
    assertThat(publish(second, Optional.of(2)).pruned()).isEmpty();
    assertThat(publish(second, Optional.of(1)).pruned()).containsExactly(first.edition().folder());
    assertThat(root.resolve("releases")).isDirectoryNotContaining("glob:**/1-*");
    wholeIsThere(second);
  }

  @Test
  void oneThatNeverBecameWholeIsNotKept() throws IOException {
    publish(first, Optional.empty());
    Path unfinished = root.resolve("releases/2-0123456789ab/rpm/a.rpm");
    Files.createDirectories(unfinished.getParent());
    Files.writeString(unfinished, "half of it");
    assertThat(publish(second, Optional.of(2)).pruned())
        .containsExactly("releases/2-0123456789ab/");
    wholeIsThere(first);
  }

  @Test
  void whatDoesNotBelongThereIsRefused() throws IOException {
    publish(second, Optional.empty());
    refused(first, "release 2 is published, and this is 1");
    refused(
        SmallRelease.write(folder.resolve("other"), "other", 3, FILES),
        "holds releases of cluster 'lab', not of 'other'");
    refused(
        SmallRelease.write(folder.resolve("again"), 2, FILES),
        "release 2 is published already, with other content");
    assertThat(current()).isEqualTo(second.edition());
    try (Place place = new FolderPlace(first.folder())) {
      assertThatThrownBy(() -> Publication.of(second, place, false))
          .isInstanceOf(PublishProblem.class)
          .hasMessageContaining("rpm/mirrorlist is there and was not published");
    }
    assertThat(first.folder().resolve(".publish.lock")).doesNotExist();
  }

  @Test
  void anOlderOneIsTheCurrentOneAgainWhenThatIsAskedFor() throws IOException {
    publish(first, Optional.empty());
    publish(second, Optional.empty());
    back(first);
    assertThat(current()).isEqualTo(first.edition());
    assertThat(root.resolve("kickstart/n2.ks")).hasContent("of two");
  }

  @Test
  void aDamagedMirrorListIsMadeAnewWhenItIsRemoved() throws IOException {
    publish(first, Optional.empty());
    publish(second, Optional.empty());
    Files.delete(root.resolve("rpm/mirrorlist"));
    Files.writeString(root.resolve("rpm/mirrorlist"), "damaged");
    refused(second, "or remove that file if it was damaged");
    Files.delete(root.resolve("rpm/mirrorlist"));
    Publication.Steps steps = publish(second, Optional.empty());
    assertThat(steps.missing()).isEmpty();
    assertThat(current()).isEqualTo(second.edition());
  }

  @Test
  void aReleaseThatIsNotWholeIsRefusedBeforeAnythingIsDone() throws IOException {
    Files.writeString(first.folder().resolve("rpm/a.rpm"), "another content");
    assertThatThrownBy(() -> Publishable.of(first.folder()))
        .isInstanceOf(PublishProblem.class)
        .hasMessageContaining("first/rpm/a.rpm: has sha256 ");
  }

  @Test
  void whoeverWasOvertakenSaysSo() throws IOException {
    publish(first, Optional.empty());
    Publishable third = SmallRelease.write(folder.resolve("third"), 3, FILES);
    try (Place slow = new FolderPlace(root)) {
      Publication late = Publication.of(second, slow, false);
      Publication.Steps steps = late.steps(Optional.empty());
      publish(third, Optional.empty());
      assertThatThrownBy(() -> late.run(steps, bytes -> {}))
          .isInstanceOf(PublishProblem.class)
          .hasMessageContaining("somebody else publishes there")
          .hasMessageContaining(third.edition().toString());
    }
    assertThat(current()).isEqualTo(third.edition());
    wholeIsThere(third);
  }

  @Test
  void twoAtATimeInOneFolderAreToldApart() throws IOException {
    try (Place one = new FolderPlace(root);
        Place two = new FolderPlace(root)) {
      one.begin();
      assertThatThrownBy(two::begin)
          .isInstanceOf(PublishProblem.class)
          .hasMessageContaining("another `appliance publish` is at work there");
    }
    publish(first, Optional.empty());
  }

  /** At every single step: whoever reads then has one of both, whole, and a repetition ends it. */
  @Test
  void interruptedAtAnyStepOneOfBothIsThereWhole() throws IOException {
    publish(first, Optional.empty());
    int steps = 0;
    boolean ended = false;
    while (!ended) {
      Path copy = folder.resolve("at-" + steps);
      copyTree(root, copy);
      try (Place place = new InterruptedPlace(new FolderPlace(copy), steps)) {
        Publication publication = Publication.begin(second, place, false);
        publication.run(publication.steps(Optional.of(1)), bytes -> {});
        ended = true;
      } catch (InterruptedPlace.Interrupted unfinished) {
        Edition there = Pointer.read(read(copy)).orElseThrow().edition();
        Publishable whole = there.equals(first.edition()) ? first : second;
        assertThat(there).as("step %d", steps).isEqualTo(whole.edition());
        wholeIsThere(copy, whole);
      }
      publish(copy, second, Optional.of(1));
      wholeIsThere(copy, second);
      assertThat(copy.resolve("kickstart/n1.ks")).hasContent("of one, changed");
      assertThat(copy.resolve("kickstart/n2.ks")).doesNotExist();
      steps++;
    }
    assertThat(steps).isGreaterThan(second.files().size());
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (var walk = Files.walk(from)) {
      for (Path each : walk.toList()) {
        Files.copy(each, to.resolve(from.relativize(each).toString()));
      }
    }
  }

  private Publication.Steps publish(Publishable release, Optional<Integer> keep)
      throws IOException {
    return publish(root, release, keep);
  }

  private static Publication.Steps publish(Path root, Publishable release, Optional<Integer> keep)
      throws IOException {
    try (Place place = new FolderPlace(root)) {
      Publication publication = Publication.begin(release, place, false);
      Publication.Steps steps = publication.steps(keep);
      publication.run(steps, bytes -> {});
      return steps;
    }
  }

  private void refused(Publishable release, String why) throws IOException {
    try (Place place = new FolderPlace(root)) {
      assertThatThrownBy(() -> Publication.of(release, place, false))
          .isInstanceOf(PublishProblem.class)
          .hasMessageContaining(why);
    }
  }

  private Edition current() throws IOException {
    return Pointer.read(read(root)).orElseThrow().edition();
  }

  private static String read(Path root) throws IOException {
    return Files.readString(root.resolve("rpm/mirrorlist"));
  }

  private void wholeIsThere(Publishable release) throws IOException {
    wholeIsThere(root, release);
  }

  private static void wholeIsThere(Path root, Publishable release) throws IOException {
    List<String> problems = Verification.lists(root.resolve(release.edition().folder())).problems();
    assertThat(problems).isEmpty();
  }
}
