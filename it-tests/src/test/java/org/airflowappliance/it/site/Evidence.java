package org.airflowappliance.it.site;

import com.github.dockerjava.api.model.Container;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;

/** Files to read after a failure; a part that cannot be asked any more says so in its own. */
final class Evidence {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final String LINES = "5000";
  private static final int SHORT = 12;

  private final Path folder;

  Evidence(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  /** What each container of this process wrote. */
  void keepContainers() {
    for (Container each :
        Docker.client()
            .listContainersCmd()
            .withShowAll(true)
            .withLabelFilter(Owned.label())
            .exec()) {
      String image = each.getImage().replaceFirst(".*/", "").replaceFirst(":.*", "");
      String id = each.getId().substring(0, SHORT);
      keep("container-" + image + "-" + id + ".txt", () -> log(id));
    }
  }

  private static String log(String container) {
    try {
      Program log = Program.run(LIMIT, "docker", "logs", "--tail", LINES, container);
      return log.out() + log.err();
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
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
