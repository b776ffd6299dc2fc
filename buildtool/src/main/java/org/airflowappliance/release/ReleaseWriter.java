package org.airflowappliance.release;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.airflowappliance.lock.Store;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.Plan;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.release.BuildReport.Built;

/**
 * Writes a plan as a release folder: beside its target first, then renamed, so it is whole or
 * absent.
 */
public final class ReleaseWriter {
  private final Bench bench;
  private final Store store;
  private final String tool;
  private final Path folder;
  private final Map<ReleasePath, Built> built = new ConcurrentHashMap<>();

  private ReleaseWriter(Bench bench, Path folder) {
    this.bench = bench;
    this.store = bench.store();
    this.tool = bench.toolDigest();
    this.folder = folder;
  }

  /**
   * Writes every artifact of {@code plan}; what the Store has already is copied.
   *
   * @param target the release folder, replaced as a whole
   */
  public static BuildReport write(Plan plan, Bench.Setup setup, Path target) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    refuseForeign(absolute);
    Files.createDirectories(absolute.getParent());
    try (Scratch scratch = Scratch.beside(absolute)) {
      Path folder = scratch.folder();
      ReleaseWriter writer = new ReleaseWriter(new Bench(setup, folder), folder);
      List<Built> files = writer.all(plan);
      List<String> warnings = PreviousRelease.warnings(absolute, files);
      scratch.replace(absolute);
      return new BuildReport(absolute, files, warnings);
    }
  }

  /** A folder that is not a release is somebody's own: it is never replaced. */
  private static void refuseForeign(Path target) throws IOException {
    boolean occupied =
        Files.exists(target) && (!Files.isDirectory(target) || !Folders.isEmpty(target));
    if (occupied && !Files.isRegularFile(target.resolve(ReleaseIndex.NAME))) {
      throw new IllegalReleaseTarget(
          target
              + ": holds something else than a release (there is no "
              + ReleaseIndex.NAME
              + " in it); choose another folder with -o or remove it");
    }
  }

  private List<Built> all(Plan plan) throws IOException {
    ExecutorService workers =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try {
      Map<ReleasePath, CompletableFuture<Void>> done = new LinkedHashMap<>();
      for (Artifact artifact : plan.artifacts()) {
        CompletableFuture<?>[] inputs =
            artifact.inputs().stream().map(done::get).toArray(CompletableFuture<?>[]::new);
        done.put(
            artifact.path(),
            CompletableFuture.allOf(inputs).thenRunAsync(() -> one(artifact), workers));
      }
      join(done);
    } finally {
      workers.shutdown();
    }
    return plan.artifacts().stream().map(artifact -> built.get(artifact.path())).toList();
  }

  private static void join(Map<ReleasePath, CompletableFuture<Void>> done) throws IOException {
    List<Throwable> problems = new ArrayList<>();
    for (CompletableFuture<Void> each : done.values()) {
      try {
        each.join();
      } catch (CompletionException failed) {
        problems.add(failed.getCause());
      }
    }
    if (!problems.isEmpty()) {
      Throwable first = problems.get(0);
      while (first instanceof CompletionException && first.getCause() != null) {
        first = first.getCause();
      }
      if (first instanceof UncheckedIOException wrapped) {
        throw wrapped.getCause();
      }
      if (first instanceof RuntimeException problem) {
        throw problem;
      }
      throw new IllegalStateException(first);
    }
  }

  private void one(Artifact artifact) {
    try {
      Path target = folder.resolve(artifact.path().value());
      Folders.createPublic(folder, target.getParent());
      String fingerprint = fingerprint(artifact);
      Optional<Store.Kept> kept = store.artifact(fingerprint, target);
      if (kept.isEmpty()) {
        bench.progress("writing " + artifact.path(), 0, 0);
        artifact.write(target, bench);
        kept = Optional.of(store.keep(fingerprint, target));
        note(artifact, kept.get(), false);
      } else {
        note(artifact, kept.get(), true);
      }
      Files.setPosixFilePermissions(target, Folders.PUBLIC_FILE);
    } catch (IOException problem) {
      throw new UncheckedIOException(placed(artifact.path(), problem));
    } catch (UncheckedIOException problem) {
      throw new UncheckedIOException(placed(artifact.path(), problem.getCause()));
    }
  }

  /** With its place, unless it names one: of a full disk Java says only that it is full. */
  private static IOException placed(ReleasePath path, IOException problem) {
    if (problem instanceof FileSystemException) {
      return problem;
    }
    return new IOException(
        "%s: cannot be written (%s); mend that and build again, which goes on from the cache"
            .formatted(path, Objects.requireNonNullElse(problem.getMessage(), problem.toString())),
        problem);
  }

  private void note(Artifact artifact, Store.Kept kept, boolean reused) {
    Built file = new Built(artifact.path(), artifact.kind(), kept.size(), kept.sha256(), reused);
    built.put(artifact.path(), file);
    bench.written(file);
  }

  private String fingerprint(Artifact artifact) {
    Fingerprint all =
        new Fingerprint().add(tool, artifact.path(), artifact.recipe(), bench.epoch());
    artifact.inputs().forEach(input -> all.add(input, built.get(input).sha256()));
    if (artifact.signed()) {
      all.add(bench.signer().fingerprint());
    }
    return all.hex();
  }
}
