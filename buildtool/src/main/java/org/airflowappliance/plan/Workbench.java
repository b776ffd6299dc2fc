package org.airflowappliance.plan;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import org.airflowappliance.lock.Pin;

/**
 * All that an artifact may touch while it is written: no clock, no environment, no network besides
 * the Store's.
 */
public interface Workbench {
  /** An artifact that was written before. */
  Path built(ReleasePath path);

  /** SHA-256 of an artifact that was written before, hexadecimal. */
  String sha256(ReleasePath path);

  /** A locked file of the Debian mirror, fetched or from the cache, its digest checked. */
  Path pinned(Pin pin) throws IOException;

  /** A locked file of another server than Debian's, its pin's location below {@code base}. */
  Path pinned(Pin pin, URI base) throws IOException;

  /** A derived folder, made now or from the cache; read-only for the caller. */
  Path derived(Derived derived) throws IOException;

  /** The tool's own cache folder for package clients that keep one (uv). */
  Path clientCache(String client) throws IOException;

  /** Whether nothing but the cache may be used. */
  boolean offline();

  /** The one time of this release. */
  Instant epoch();

  /** Signs with the release's key. */
  Signer signer();

  /** Says what is being done, for the progress display; {@code total} is 0 when unknown. */
  void progress(String what, long bytes, long total);

  /** Says the same of things that are counted, not measured; a bench may leave it out. */
  default void counted(String what, long done, long total) {}
}
