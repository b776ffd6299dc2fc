package org.airflowappliance.release;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.airflowappliance.lock.Pin;
import org.airflowappliance.lock.Store;
import org.airflowappliance.plan.Derived;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Signer;
import org.airflowappliance.plan.Workbench;
import org.airflowappliance.release.BuildReport.Built;

/** The workbench of one build: the Store, the key, the time and the files written so far. */
public final class Bench implements Workbench {
  private final Setup setup;
  private final Path folder;
  private final Map<ReleasePath, Built> files = new ConcurrentHashMap<>();

  /**
   * What a build is done with.
   *
   * @param store cache of downloads, derived folders and finished files
   * @param signer the release's key
   * @param epoch the one time of the release
   * @param toolDigest digest of the tool itself: another tool may write other bytes
   * @param display where progress is shown
   */
  public record Setup(
      Store store, Signer signer, Instant epoch, String toolDigest, Display display) {}

  /** Shows what is being done; called from several threads. */
  @FunctionalInterface
  public interface Display {
    /** {@code total} is in bytes, 0 when unknown. */
    void progress(String what, long bytes, long total);

    /** The same of things that are counted; a display may leave it out. */
    default void counted(String what, long done, long total) {}
  }

  Bench(Setup setup, Path folder) {
    this.setup = setup;
    this.folder = folder;
  }

  Store store() {
    return setup.store();
  }

  String toolDigest() {
    return setup.toolDigest();
  }

  void written(Built file) {
    files.put(file.path(), file);
  }

  @Override
  public Path built(ReleasePath path) {
    known(path);
    return folder.resolve(path.value());
  }

  @Override
  public String sha256(ReleasePath path) {
    return known(path).sha256();
  }

  private Built known(ReleasePath path) {
    Built file = files.get(path);
    if (file == null) {
      throw new IllegalStateException(
          path + " is read by an artifact that does not name it as an input");
    }
    return file;
  }

  @Override
  public Path pinned(Pin pin) throws IOException {
    return setup.store().pinned(pin);
  }

  @Override
  public Path pinned(Pin pin, URI base) throws IOException {
    return setup.store().pinned(pin, base);
  }

  @Override
  public Path derived(Derived derived) throws IOException {
    return setup
        .store()
        .derived(derived.name(), derived.recipe(), folder -> derived.make(folder, this));
  }

  @Override
  public Path clientCache(String client) throws IOException {
    return setup.store().clientCache(client);
  }

  @Override
  public boolean offline() {
    return setup.store().offline();
  }

  @Override
  public Instant epoch() {
    return setup.epoch();
  }

  @Override
  public Signer signer() {
    return setup.signer();
  }

  @Override
  public void progress(String what, long bytes, long total) {
    setup.display().progress(what, bytes, total);
  }

  @Override
  public void counted(String what, long done, long total) {
    setup.display().counted(what, done, total);
  }
}
