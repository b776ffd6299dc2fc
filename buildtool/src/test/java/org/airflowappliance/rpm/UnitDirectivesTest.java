package org.airflowappliance.rpm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The units use only what systemd 239 reads, and the README lists what they use. */
class UnitDirectivesTest {
  private static final Path RPM = Path.of("../rpm");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `\\[(\\w+)]` \\| (.*) \\|$");

  @Test
  void everyDirectiveIsInTheParserTableOfSystemd239() throws IOException {
    Set<String> known =
        Files.readAllLines(RPM.resolve("systemd-239-directives.txt")).stream()
            .filter(line -> !line.startsWith("#") && !line.isBlank())
            .collect(Collectors.toSet());
    assertThat(known).hasSizeGreaterThan(200);
    assertThat(known).containsAll(used());
  }

  @Test
  void theReadmeListsWhatIsUsed() throws IOException {
    Set<String> listed = new TreeSet<>();
    Matcher row = ROW.matcher(Files.readString(RPM.resolve("README.md")));
    while (row.find()) {
      for (String name : row.group(2).split(", ")) {
        listed.add(row.group(1) + "." + name);
      }
    }
    assertThat(used()).isEqualTo(listed);
  }

  private static Set<String> used() throws IOException {
    Set<String> found = new TreeSet<>();
    try (Stream<Path> files = Files.walk(RPM)) {
      for (Path unit :
          files.filter(each -> each.toString().matches(".*\\.(service|path|timer)")).toList()) {
        String section = "";
        for (String line : Files.readAllLines(unit)) {
          if (line.startsWith("[")) {
            section = line.substring(1, line.indexOf(']'));
          } else if (line.matches("[A-Za-z]+=.*")) {
            found.add(section + "." + line.substring(0, line.indexOf('=')));
          }
        }
      }
    }
    return found;
  }
}
