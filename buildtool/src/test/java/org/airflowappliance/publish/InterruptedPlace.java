package org.airflowappliance.publish;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;

/** A place that takes so many changes, after which nothing is done any more. */
final class InterruptedPlace implements Place {
  private final Place place;
  private final AtomicInteger left;

  InterruptedPlace(Place place, int changes) {
    this.place = place;
    this.left = new AtomicInteger(changes);
  }

  /** The end came. */
  static final class Interrupted extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private void step() {
    if (left.getAndDecrement() <= 0) {
      throw new Interrupted();
    }
  }

  @Override
  public String name() {
    return place.name();
  }

  @Override
  public boolean begin() throws IOException {
    return place.begin();
  }

  @Override
  public Map<String, String> digests(Collection<String> paths) throws IOException {
    return place.digests(paths);
  }

  @Override
  public List<String> names(String folder) throws IOException {
    return place.names(folder);
  }

  @Override
  public Optional<Text> read(String path) throws IOException {
    return place.read(path);
  }

  @Override
  public void put(String path, Path file, String sha256, LongConsumer sent) throws IOException {
    step();
    place.put(path, file, sha256, sent);
  }

  @Override
  public void copy(String from, String to, String sha256) throws IOException {
    step();
    place.copy(from, to, sha256);
  }

  @Override
  public boolean replace(String path, Optional<Text> before, String text) throws IOException {
    step();
    return place.replace(path, before, text);
  }

  @Override
  public void delete(Collection<String> paths) throws IOException {
    step();
    place.delete(paths);
  }

  @Override
  public void deleteFolder(String folder) throws IOException {
    step();
    place.deleteFolder(folder);
  }

  @Override
  public void close() {
    place.close();
  }
}
