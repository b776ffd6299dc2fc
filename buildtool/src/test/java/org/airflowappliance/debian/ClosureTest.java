package org.airflowappliance.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.airflowappliance.lock.Pin;
import org.airflowappliance.lock.StoreProblem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClosureTest {
  private static String[] answers() throws IOException {
    try (Reader text = resource("apt-answers.txt")) {
      StringBuilder all = new StringBuilder();
      for (int next = text.read(); next >= 0; next = text.read()) {
        all.append((char) next);
      }
      return all.toString().lines().filter(line -> !line.startsWith("#")).toArray(String[]::new);
    }
  }

  private static Reader resource(String name) {
    return new InputStreamReader(
        ClosureTest.class.getResourceAsStream(name), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @MethodSource("answers")
  void findsWhatAptFinds(String answer) throws IOException {
    String[] parts = answer.split(" => ");
    PackageIndex index;
    try (Reader text = resource("bullseye.txt")) {
      index = PackageIndex.read("bullseye", text);
    }
    assertThat(Closure.of(index, List.of(parts[0].split(" ")), Set.of()))
        .extracting(Pin::name)
        .containsExactlyInAnyOrder(parts[1].split(" "));
  }

  /** Paragraphs such as {@code a 1; Depends: b}. */
  private static PackageIndex index(String... packages) throws IOException {
    String text =
        Stream.of(packages)
            .map(
                one -> {
                  String[] parts = one.split("; ");
                  String[] named = parts[0].split(" ");
                  StringBuilder stanza =
                      new StringBuilder("Package: " + named[0] + "\nVersion: " + named[1] + "\n");
                  for (int field = 1; field < parts.length; field++) {
                    stanza.append(parts[field]).append('\n');
                  }
                  return stanza
                      + "Description: text\n Depends: nothing, this is prose\nFilename: pool/x\nSize: 7\nSHA256: "
                      + "0".repeat(64)
                      + "\n\n";
                })
            .reduce("", String::concat);
    return PackageIndex.read("test", new StringReader(text));
  }

  private static List<String> closure(PackageIndex index, String... roots) {
    return Closure.of(index, List.of(roots), Set.of()).stream()
        .map(pin -> pin.name() + " " + pin.version())
        .toList();
  }

  @Test
  void takesTheFirstAlternativeUnlessAnotherIsThere() throws IOException {
    PackageIndex index = index("a 1; Depends: b | c", "b 1", "c 1");
    assertThat(closure(index, "a")).containsExactly("a 1", "b 1");
    assertThat(closure(index, "a", "c")).containsExactly("a 1", "c 1");
  }

  @Test
  void goesRoundCirclesAndTakesTheNewest() throws IOException {
    PackageIndex index =
        index("a 1; Pre-Depends: b (>= 2)", "b 1", "b 10; Depends: a", "b 9; Depends: nothing");
    assertThat(closure(index, "a")).containsExactly("a 1", "b 10");
  }

  @Test
  void takesTheOnlyProvider() throws IOException {
    PackageIndex index =
        index("a 1; Depends: v (>= 2)", "p 1; Provides: v (= 3)", "q 1; Provides: v");
    assertThat(closure(index, "a")).containsExactly("a 1", "p 1");
  }

  @Test
  void asksWhichProviderIsMeant() throws IOException {
    PackageIndex index = index("a 1; Depends: v", "p 1; Provides: v", "q 1; Provides: v");
    assertThatThrownBy(() -> closure(index, "a"))
        .isInstanceOf(StoreProblem.class)
        .hasMessageContaining("a 1: needs v, which p, q provide; add one of them");
    assertThat(closure(index, "a", "q")).containsExactly("a 1", "q 1");
  }

  @Test
  void leavesOutWhatTheMachineHas() throws IOException {
    PackageIndex index = index("a 1; Depends: libc6 (>= 99), b", "b 1; Depends: absent");
    assertThat(Closure.of(index, List.of("a"), Set.of("libc6", "absent")))
        .extracting(Pin::name)
        .containsExactly("a", "b");
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    PackageIndex index = index("a 1; Depends: b (>= 2) | c", "b 1");
    assertThatThrownBy(() -> closure(index, "a"))
        .isInstanceOf(StoreProblem.class)
        .hasMessageContaining("a 1: needs b (>= 2) | c, but test has b 1, no c");
    assertThatThrownBy(() -> closure(index, "z"))
        .isInstanceOf(StoreProblem.class)
        .hasMessageContaining("test: has no package z");
  }

  @Test
  void refusesWhatCannotStandTogether() throws IOException {
    PackageIndex index = index("a 1; Breaks: b (<< 2)", "b 1", "c 1; Conflicts: v; Provides: v");
    assertThatThrownBy(() -> closure(index, "a", "b"))
        .isInstanceOf(StoreProblem.class)
        .hasMessageContaining("a 1: cannot stand beside b 1 (refuses b (<< 2))");
    assertThat(closure(index, "c")).as("its own name is no conflict").containsExactly("c 1");
  }

  @Test
  void refusesAnIndexWithoutDigests() {
    assertThatThrownBy(
            () ->
                PackageIndex.read(
                    "test",
                    new StringReader("Package: a\nVersion: 1\nFilename: pool/a\nSize: 1\n")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has no field SHA256");
  }
}
