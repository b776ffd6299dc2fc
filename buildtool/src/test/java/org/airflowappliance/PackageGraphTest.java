package org.airflowappliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The package graph of buildtool/README.md is the code's. */
class PackageGraphTest {
  private static final Path SOURCES = Path.of("src/main/java/org/airflowappliance");
  private static final Pattern ARROW = Pattern.compile("(?m)^(\\w+|\\(root\\)) +->(.*)$");
  private static final Pattern IMPORT =
      Pattern.compile("(?m)^import (?:static )?org\\.airflowappliance\\.(?:(\\w+)\\.)?[A-Z]");

  @Test
  void theReadmeHasEveryArrowOfTheCodeAndNoOther() throws IOException {
    assertThat(code()).isEqualTo(readme());
  }

  @Test
  void staticImportsAreArrowsToo() {
    assertThat(imported("import static org.airflowappliance.file.Owner.ROOT;"))
        .containsExactly("file");
    assertThat(imported("import org.airflowappliance.Appliance;")).isEmpty();
  }

  @Test
  void thereIsNoCycle() throws IOException {
    Map<String, Set<String>> graph = readme();
    graph
        .keySet()
        .forEach(
            start -> assertThat(reachable(graph, start)).as("from " + start).doesNotContain(start));
  }

  private static Set<String> reachable(Map<String, Set<String>> graph, String start) {
    Set<String> seen = new TreeSet<>();
    graph.get(start).forEach(next -> visit(graph, next, seen));
    return seen;
  }

  private static void visit(Map<String, Set<String>> graph, String name, Set<String> seen) {
    if (seen.add(name)) {
      graph.get(name).forEach(next -> visit(graph, next, seen));
    }
  }

  private static Map<String, Set<String>> readme() throws IOException {
    Map<String, Set<String>> graph = new TreeMap<>();
    Matcher arrow = ARROW.matcher(Files.readString(Path.of("README.md")));
    while (arrow.find()) {
      Set<String> targets = new TreeSet<>(Set.of(arrow.group(2).strip().split("\\s+")));
      targets.remove("");
      graph.put(arrow.group(1), targets);
    }
    return graph;
  }

  private static Map<String, Set<String>> code() throws IOException {
    Map<String, Set<String>> graph = new TreeMap<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
        Path folder = SOURCES.relativize(file).getParent();
        String own = folder == null ? "(root)" : folder.toString();
        Set<String> targets = graph.computeIfAbsent(own, unused -> new TreeSet<>());
        targets.addAll(imported(Files.readString(file)));
        targets.remove(own);
      }
    }
    return graph;
  }

  private static Set<String> imported(String source) {
    Set<String> targets = new TreeSet<>();
    Matcher imported = IMPORT.matcher(source);
    while (imported.find()) {
      // the root package is the list of sections, which the command line reads
      if (imported.group(1) != null) {
        targets.add(imported.group(1));
      }
    }
    return targets;
  }
}
