package org.airflowappliance.image;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import org.airflowappliance.file.FileEntry;
import org.airflowappliance.file.FileEntry.Directory;
import org.airflowappliance.file.FileEntry.HardLink;
import org.airflowappliance.file.FileEntry.Regular;
import org.airflowappliance.file.FileEntry.Symlink;
import org.airflowappliance.file.FileTree;
import org.airflowappliance.file.Tar;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Writes a tree as the archive of a layer: in the order of paths, with numbers for owners and one
 * time for all, so that equal trees give equal bytes.
 */
final class LayerTar {
  private final TarArchiveOutputStream tar;
  private final Instant time;

  private LayerTar(TarArchiveOutputStream tar, Instant time) {
    this.tar = tar;
    this.time = time;
  }

  /** Writes all entries to {@code out}, which stays open. */
  static void write(FileTree tree, Instant time, OutputStream out) throws IOException {
    TarArchiveOutputStream tar = Tar.open(out);
    LayerTar layer = new LayerTar(tar, time);
    for (FileEntry entry : tree.entries()) {
      layer.add(entry);
    }
    tar.finish();
  }

  private void add(FileEntry entry) throws IOException {
    TarArchiveEntry header = header(entry);
    header.setMode(entry.mode());
    header.setIds(entry.owner().uid(), entry.owner().gid());
    header.setNames("", "");
    header.setModTime(time.toEpochMilli());
    if (entry instanceof Regular file) {
      header.setSize(file.content().size());
    }
    tar.putArchiveEntry(header);
    if (entry instanceof Regular file) {
      file.content().writeTo(tar);
    }
    tar.closeArchiveEntry();
  }

  private static TarArchiveEntry header(FileEntry entry) {
    String name = entry.path().substring(1);
    if (entry instanceof Directory) {
      return new TarArchiveEntry(name + "/");
    }
    if (entry instanceof Symlink link) {
      return linked(name, TarConstants.LF_SYMLINK, link.target());
    }
    if (entry instanceof HardLink link) {
      return linked(name, TarConstants.LF_LINK, link.target().substring(1));
    }
    return new TarArchiveEntry(name);
  }

  private static TarArchiveEntry linked(String name, byte kind, String target) {
    TarArchiveEntry header = new TarArchiveEntry(name, kind);
    header.setLinkName(target);
    return header;
  }
}
