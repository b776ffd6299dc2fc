package org.airflowappliance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes.Name;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToolDigestTest {
  @TempDir Path folder;

  private String digest(String libraries, String code, String data) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Name.CLASS_PATH, libraries);
    Path jar = folder.resolve("a.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
      out.putNextEntry(new ZipEntry("A.class"));
      out.write(code.getBytes());
      out.putNextEntry(new ZipEntry("definitions/rpm/x"));
      out.write(data.getBytes());
    }
    return ToolDigest.jar(jar);
  }

  @Test
  void anotherLibraryIsAnotherTool() throws IOException {
    String digest = digest("lib/a-1.0.jar lib/b-1.0.jar", "code", "data");

    assertThat(digest("lib/a-1.0.jar lib/b-1.0.jar", "code", "other data")).isEqualTo(digest);
    assertThat(digest("lib/a-1.0.jar lib/b-1.1.jar", "code", "data")).isNotEqualTo(digest);
    assertThat(digest("lib/a-1.0.jar lib/b-1.0.jar", "c0de", "data")).isNotEqualTo(digest);
  }
}
