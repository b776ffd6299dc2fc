package org.airflowappliance.it.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Files to read after a failure; a part that cannot be asked any more says so in its own. */
final class Evidence {
  private final Path folder;

  Evidence(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  void keep(String name, Supplier<String> text) {
    String found;
    try {
      found = text.get();
    } catch (RuntimeException trouble) {
      // the others are kept all the same
      found = "cannot be had: " + trouble;
    }
    try {
      Files.writeString(folder.resolve(name), found);
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }
}
