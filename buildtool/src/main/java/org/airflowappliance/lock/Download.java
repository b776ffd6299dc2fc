package org.airflowappliance.lock;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Fetches one pin from the first mirror that has it, going on where a connection broke; what has a
 * wrong digest is never kept.
 *
 * @param pin what to fetch
 * @param bases mirrors, the best first
 * @param progress is told of every block
 * @param firstPauseMillis before the second try; doubled before each further one
 */
record Download(Pin pin, List<URI> bases, Store.Progress progress, long firstPauseMillis) {
  private static final int TRIES = 6;
  private static final long FIRST_PAUSE_MILLIS = 250;

  Download(Pin pin, List<URI> bases, Store.Progress progress) {
    this(pin, bases, progress, FIRST_PAUSE_MILLIS);
  }

  /** The caller sees to it that nobody else writes the same target. */
  void to(Path target) throws IOException {
    Path part = target.resolveSibling(target.getFileName() + ".part");
    List<String> answers = new ArrayList<>();
    for (URI base : bases) {
      if (from(URI.create(base + "/" + pin.location()), part, answers)) {
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        return;
      }
    }
    throw new StoreProblem(
        pin.location()
            + ": cannot be fetched: "
            + String.join("; ", answers)
            + ". Where it is gone (404), run `appliance lock`; where the mirror is wrong, give"
            + " --debian-mirror URL (for Rocky's installer: provisioning.rockyMirror); else run the"
            + " same command again, it goes on from here");
  }

  private boolean from(URI address, Path part, List<String> answers) {
    String last = "";
    for (int attempt = 0; attempt < TRIES; attempt++) {
      if (attempt > 0) {
        pause(firstPauseMillis << (attempt - 1));
      }
      try {
        if (isWhole(address, part)) {
          return true;
        }
        last = address + " ends too early";
      } catch (FileNotFoundException | Http.Refused gone) {
        answers.add(gone.getMessage());
        return false;
      } catch (IOException problem) {
        last = problem.getMessage();
      }
    }
    answers.add(last + " (" + TRIES + " tries)");
    return false;
  }

  /** One try; false when what came is too short or an earlier part turned out wrong. */
  private boolean isWhole(URI address, Path part) throws IOException {
    long start = Files.exists(part) ? Files.size(part) : 0;
    if (start < pin.size()) {
      receive(address, part, start);
    }
    if (Files.size(part) < pin.size()) {
      return false;
    }
    Digests.Copied found = Digests.of(part);
    if (found.size() == pin.size() && found.sha256().equals(pin.sha256())) {
      return true;
    }
    Files.delete(part);
    if (start > 0) {
      return false;
    }
    throw new Http.Refused(
        address
            + " has sha256 "
            + found.sha256()
            + " ("
            + (found.size() > pin.size() ? "more than " + pin.size() : found.size())
            + " bytes), the lock says "
            + pin.sha256()
            + " ("
            + pin.size()
            + " bytes)");
  }

  private void receive(URI address, Path part, long start) throws IOException {
    HttpResponse<InputStream> answer = Http.open(address, start);
    boolean resumed = answer.statusCode() == 206;
    long done = resumed ? start : 0;
    String what = "fetching " + pin.name() + " " + pin.version();
    try (InputStream in = answer.body();
        Stall stall = new Stall(in);
        OutputStream out =
            resumed
                ? Files.newOutputStream(part, StandardOpenOption.APPEND)
                : Files.newOutputStream(part)) {
      byte[] buffer = new byte[1 << 16];
      // one block too much shows that the file is another one; an endless answer shows no more
      for (int count = in.read(buffer); count >= 0 && done <= pin.size(); count = in.read(buffer)) {
        stall.moved();
        out.write(buffer, 0, count);
        done += count;
        progress.progress(what, done, pin.size());
      }
    } catch (IOException problem) {
      throw new IOException(address + " broke off (" + problem.getMessage() + ")", problem);
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new StoreProblem("interrupted", interrupted);
    }
  }
}
