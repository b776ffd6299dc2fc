package org.airflowappliance.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import org.airflowappliance.lock.Pin;
import org.airflowappliance.lock.Store;
import org.airflowappliance.plan.Derived;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Signer;
import org.airflowappliance.plan.Workbench;

/** The workbench outside a build: the Store without a release around it. */
record LockBench(Store store, Console console) implements Workbench {
  @Override
  public Path pinned(Pin pin) throws IOException {
    return store.pinned(pin);
  }

  @Override
  public Path pinned(Pin pin, URI base) throws IOException {
    return store.pinned(pin, base);
  }

  @Override
  public Path derived(Derived derived) throws IOException {
    return store.derived(derived.name(), derived.recipe(), folder -> derived.make(folder, this));
  }

  @Override
  public Path clientCache(String client) throws IOException {
    return store.clientCache(client);
  }

  @Override
  public boolean offline() {
    return store.offline();
  }

  @Override
  public void progress(String what, long bytes, long total) {
    console.progress(what, bytes, total);
  }

  @Override
  public void counted(String what, long done, long total) {
    console.counted(what, done, total);
  }

  @Override
  public Path built(ReleasePath path) {
    throw noRelease();
  }

  @Override
  public String sha256(ReleasePath path) {
    throw noRelease();
  }

  @Override
  public Instant epoch() {
    throw noRelease();
  }

  @Override
  public Signer signer() {
    throw noRelease();
  }

  private static IllegalStateException noRelease() {
    return new IllegalStateException("there is no release while versions are resolved");
  }
}
