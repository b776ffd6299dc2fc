package org.airflowappliance.debian;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.airflowappliance.file.Content;
import org.airflowappliance.file.FileEntry;
import org.airflowappliance.file.FileEntry.Regular;
import org.airflowappliance.file.FileEntry.Symlink;
import org.airflowappliance.file.FileTree;
import org.airflowappliance.file.Owner;

/** What the package ca-certificates would make when it is configured: all its CAs in one file. */
final class CaBundle {
  private static final String SOURCES = "/usr/share/ca-certificates/";
  private static final String BUNDLE = "/etc/ssl/certs/ca-certificates.crt";

  /** Where OpenSSL looks by default, so that Python's ssl module finds the CAs, too. */
  private static final String DEFAULT_FILE = "/usr/lib/ssl/cert.pem";

  private CaBundle() {}

  /** The tree with the bundle, if it holds CAs. */
  static FileTree added(FileTree tree) throws IOException {
    StringBuilder all = new StringBuilder();
    for (FileEntry entry : tree.entries()) {
      if (entry instanceof Regular file
          && file.path().startsWith(SOURCES)
          && file.path().endsWith(".crt")) {
        all.append(new String(file.content().bytes(), StandardCharsets.US_ASCII).strip());
        all.append('\n');
      }
    }
    if (all.isEmpty()) {
      return tree;
    }
    List<FileEntry> made = new ArrayList<>();
    made.add(new Regular(BUNDLE, Owner.ROOT, 0644, Content.of(all.toString())));
    made.add(new Symlink(DEFAULT_FILE, Owner.ROOT, BUNDLE));
    return tree.plus(FileTree.of(made));
  }
}
