package org.airflowappliance.rpm;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/** Reads files out of a package's payload. */
public final class RpmContents {
  private RpmContents() {}

  /** The bytes of those of the given files that the payload carries, by absolute path. */
  public static TreeMap<String, byte[]> read(Path rpm, Set<String> paths) throws IOException {
    TreeMap<String, byte[]> contents = new TreeMap<>();
    try (InputStream file = new BufferedInputStream(Files.newInputStream(rpm))) {
      file.skipNBytes(RpmHeader.read(rpm).end());
      // The payload is a row of gzip members, one for each block.
      CpioArchiveInputStream archive =
          new CpioArchiveInputStream(
              new GzipCompressorInputStream(file, true), StandardCharsets.UTF_8.name());
      CpioArchiveEntry entry = archive.getNextEntry();
      while (entry != null && contents.size() < paths.size()) {
        String path = entry.getName().substring(1);
        if (paths.contains(path)) {
          contents.put(path, archive.readAllBytes());
        }
        entry = archive.getNextEntry();
      }
    }
    return contents;
  }
}
