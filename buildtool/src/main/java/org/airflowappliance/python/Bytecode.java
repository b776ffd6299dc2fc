package org.airflowappliance.python;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/**
 * Byte-compiles a tree so that equal sources give equal bytes: unchecked-hash files, a fixed hash
 * seed, and always the same files in the same process, since what a process compiled before shows
 * in its marshalled references.
 */
public record Bytecode(PythonInterpreter interpreter, Path python) {
  private static final int PROCESSES = 2;

  /** Compiles all sources below {@code folder} as if they stood at {@code path}. */
  public void compile(Path folder, String path) throws IOException {
    List<String> sources;
    try (Stream<Path> walk = Files.walk(folder)) {
      sources =
          walk.filter(file -> file.toString().endsWith(".py"))
              .map(Path::toString)
              .sorted()
              .toList();
    }
    Path lists = Files.createTempDirectory("appliance-lists-");
    try {
      List<CompletableFuture<Void>> halves =
          Stream.of(0, 1)
              .map(
                  half ->
                      CompletableFuture.runAsync(() -> part(sources, half, lists, folder, path)))
              .toList();
      halves.forEach(CompletableFuture::join);
    } catch (CompletionException problem) {
      throw problem.getCause() instanceof UncheckedIOException wrapped
          ? wrapped.getCause()
          : new IOException(problem);
    } finally {
      for (int half = 0; half < PROCESSES; half++) {
        Files.deleteIfExists(lists.resolve(Integer.toString(half)));
      }
      Files.delete(lists);
    }
  }

  private void part(List<String> sources, int half, Path lists, Path folder, String path) {
    int middle = sources.size() / PROCESSES;
    List<String> mine =
        half == 0 ? sources.subList(0, middle) : sources.subList(middle, sources.size());
    if (mine.isEmpty()) {
      return;
    }
    try {
      Path list = Files.write(lists.resolve(Integer.toString(half)), mine);
      interpreter
          .command(
              python,
              "-s",
              "-m",
              "compileall",
              "-q",
              "-j",
              "1",
              "--invalidation-mode",
              "unchecked-hash")
          .with("-s", folder.toString(), "-p", path, "-i", list.toString())
          .set("PYTHONHASHSEED", "0")
          // elsewhere: Python would import its own modules from a folder that has their names
          .run(lists);
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }
}
