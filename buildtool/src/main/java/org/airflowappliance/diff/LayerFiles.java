package org.airflowappliance.diff;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.airflowappliance.file.Tally;
import org.airflowappliance.image.ImageArchive;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * The files of one layer.
 *
 * @param image that holds it
 * @param layer name of its archive in the image's
 */
record LayerFiles(ImageArchive image, String layer) {
  Map<String, ListedFile> list() throws IOException {
    Map<String, ListedFile> files = new TreeMap<>();
    image.visit(layer, (path, entry, tar) -> files.put(path, listed(entry, tar)));
    return files;
  }

  private static ListedFile listed(TarArchiveEntry entry, TarArchiveInputStream tar)
      throws IOException {
    int type = ListedFile.REGULAR;
    String digest = "";
    if (entry.isDirectory()) {
      type = ListedFile.DIRECTORY;
    } else if (entry.isSymbolicLink()) {
      type = ListedFile.SYMLINK;
    } else if (!entry.isLink()) {
      try (Tally content = new Tally(OutputStream.nullOutputStream())) {
        tar.transferTo(content);
        digest = content.hex();
      }
    }
    return new ListedFile(
        type | (entry.getMode() & 07777),
        0,
        entry.getSize(),
        entry.getLongUserId() + ":" + entry.getLongGroupId(),
        digest,
        entry.getLinkName());
  }

  Map<String, byte[]> contents(Set<String> paths) throws IOException {
    Map<String, byte[]> contents = new TreeMap<>();
    image.visit(
        layer,
        (path, entry, tar) -> {
          if (paths.contains(path)) {
            contents.put(path, tar.readAllBytes());
          }
        });
    return contents;
  }
}
