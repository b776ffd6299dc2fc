package org.airflowappliance.plan;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.airflowappliance.file.Content;
import org.airflowappliance.file.FileEntry;
import org.airflowappliance.file.FileTree;

/**
 * Collects all that decides an artifact's bytes into one SHA-256; each part is framed by its
 * length.
 */
public final class Fingerprint {
  private final MessageDigest digest;

  /** An empty fingerprint. */
  public Fingerprint() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException absent) {
      throw new IllegalStateException("every Java has SHA-256", absent);
    }
  }

  /** Adds texts, in order. */
  public Fingerprint add(Object... texts) {
    for (Object text : texts) {
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
      digest.update(bytes);
    }
    return this;
  }

  /** Adds every entry with owner, mode and content; meant for small trees. */
  public Fingerprint add(FileTree tree) {
    for (FileEntry entry : tree.entries()) {
      add(entry.getClass().getSimpleName(), entry.path(), entry.owner(), entry.mode());
      if (entry instanceof FileEntry.Symlink link) {
        add(link.target());
      } else if (entry instanceof FileEntry.HardLink link) {
        add(link.target());
      } else if (entry instanceof FileEntry.Regular file) {
        content(file.path(), file.content());
      }
    }
    return this;
  }

  private void content(String path, Content content) {
    try {
      add(content.size());
      content.writeTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
    } catch (IOException problem) {
      throw new IllegalStateException(path + ": a planned content cannot be read", problem);
    }
  }

  /** The digest in hexadecimal digits; the fingerprint is used up. */
  public String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
