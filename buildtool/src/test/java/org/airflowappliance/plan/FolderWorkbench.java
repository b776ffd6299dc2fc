package org.airflowappliance.plan;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import org.airflowappliance.lock.Pin;

/**
 * A workbench over a folder of the test's: artifacts are written into it and read from it.
 *
 * @param folder the release folder
 * @param epoch the one time
 * @param signer the key
 */
public record FolderWorkbench(Path folder, Instant epoch, Signer signer) implements Workbench {
  /** Writes an artifact where it belongs. */
  public Path write(Artifact artifact) throws IOException {
    Path target = built(artifact.path());
    Files.createDirectories(target.getParent());
    artifact.write(target, this);
    return target;
  }

  @Override
  public Path built(ReleasePath path) {
    return folder.resolve(path.value());
  }

  @Override
  public String sha256(ReleasePath path) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(built(path))));
    } catch (IOException | NoSuchAlgorithmException problem) {
      throw new IllegalStateException(path.value(), problem);
    }
  }

  /** A file that the test placed in the folder {@code downloads}. */
  @Override
  public Path pinned(Pin pin) {
    Path file = folder.resolve("downloads").resolve(pin.sha256());
    if (!Files.isRegularFile(file)) {
      throw new UnsupportedOperationException("this test has no mirror for " + pin.name());
    }
    return file;
  }

  @Override
  public Path pinned(Pin pin, URI base) {
    throw new UnsupportedOperationException("this test has no server for " + pin.name());
  }

  @Override
  public Path derived(Derived derived) throws IOException {
    Path made = folder.resolve("derived").resolve(derived.name() + "-" + derived.recipe());
    if (!Files.isDirectory(made)) {
      derived.make(Files.createDirectories(made), this);
    }
    return made;
  }

  @Override
  public Path clientCache(String client) {
    throw new UnsupportedOperationException("this test has no cache for " + client);
  }

  @Override
  public boolean offline() {
    return true;
  }

  @Override
  public void progress(String what, long bytes, long total) {}
}
