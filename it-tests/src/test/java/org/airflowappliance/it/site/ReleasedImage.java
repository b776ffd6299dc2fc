package org.airflowappliance.it.site;

import com.github.dockerjava.api.exception.NotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.airflowappliance.image.ImageArchive;

/**
 * An image of a release, loaded, and run with Docker's own command as an operator would.
 *
 * @param id Docker's id, since other runs on this machine load images of the same name
 */
public record ReleasedImage(String id) {
  /** On a machine that does much else; otherwise it is a matter of seconds. */
  private static final Duration QUICK = Duration.ofMinutes(5);

  /**
   * What the client says of a device when the daemon was too slow to say what it runs on, for which
   * the client has a short limit of its own. Nothing has begun then.
   */
  private static final String LATE = "docker: unknown server OS: \n";

  private static final int TRIES = 20;

  /** Loads an archive. */
  public static ReleasedImage load(Path archive) throws IOException {
    Docker.load(archive);
    try (ImageArchive image = ImageArchive.open(archive)) {
      ReleasedImage loaded = new ReleasedImage(image.imageId());
      Owned.mark(Docker.client(), loaded.id);
      return loaded;
    }
  }

  /** Runs a command in a container of its own to its end; the caller judges the exit code. */
  public Program run(Duration limit, List<String> options, String... command) throws IOException {
    String name = "it-" + UUID.randomUUID();
    List<String> named = new ArrayList<>(List.of("--name", name));
    named.addAll(options);
    try {
      return docker(limit, "--rm", named, command);
    } catch (IOException late) {
      // Docker's command has ended and its container goes on, if it has begun
      Program.attempt(QUICK, new ProcessBuilder("docker", "rm", "--force", "--volumes", name));
      throw late;
    }
  }

  /** Starts a container that goes on. */
  public Running start(List<String> options, String... command) throws IOException {
    Program started = docker(QUICK, "--detach", options, command);
    if (started.code() != 0) {
      throw new IOException("docker run: exit code " + started.code() + "\n" + started.err());
    }
    return new Running(started.out().strip());
  }

  private Program docker(Duration limit, String kind, List<String> options, String... command)
      throws IOException {
    List<String> words = new ArrayList<>(List.of("docker", "run", kind));
    Owned.label().forEach((name, value) -> words.addAll(List.of("--label", name + "=" + value)));
    words.addAll(options);
    words.add(id);
    words.addAll(List.of(command));
    Program ran;
    int tries = 0;
    do {
      ran = Program.attempt(limit, new ProcessBuilder(words));
    } while (ran.err().startsWith(LATE) && ++tries < TRIES);
    return ran;
  }

  /** Takes the image away, if nobody has yet. */
  public void remove() {
    try {
      Docker.client().removeImageCmd(id).withForce(true).exec();
    } catch (NotFoundException gone) {
      // another test of the same image had to see it come anew
    }
  }

  /**
   * A container that runs.
   *
   * @param container Docker's id
   */
  public record Running(String container) implements AutoCloseable {
    /** Runs a shell script in the container. */
    public Program shell(String script) throws IOException {
      return Program.attempt(
          QUICK, new ProcessBuilder("docker", "exec", container, "sh", "-c", script));
    }

    /** What it wrote to its standard error and output. */
    public Program log() throws IOException {
      return Program.run(QUICK, "docker", "logs", container);
    }

    /** One of the values that {@code docker inspect} knows. */
    public String inspect(String format) throws IOException {
      return Program.run(QUICK, "docker", "inspect", "--format", format, container).out().strip();
    }

    /** Asks it to end, as Kubernetes does, and gives its exit code. */
    public String stop() throws IOException {
      Program.run(QUICK, "docker", "stop", "--time", "20", container);
      return inspect("{{.State.ExitCode}}");
    }

    /** Waits for a condition; a failure shows the log. */
    public Duration until(String what, Duration limit, Waiting.Look<Boolean> look) {
      return Waiting.until(what, limit, look, Boolean::booleanValue, this::diagnosis);
    }

    private String diagnosis() {
      try {
        Program log = log();
        return log.out() + log.err();
      } catch (IOException problem) {
        return problem.toString();
      }
    }

    @Override
    public void close() throws IOException {
      Program.run(QUICK, "docker", "rm", "--force", "--volumes", container);
    }
  }
}
