package org.airflowappliance.plan;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.airflowappliance.template.IllegalDefinition;

/** Definitions in a folder, or those that were packed into the tool. */
public final class PackedDefinitions {
  private static final String ROOT = "definitions/";

  private PackedDefinitions() {}

  /** The definitions that the tool carries. */
  public static Definitions carried() {
    try {
      Path code =
          Path.of(
              PackedDefinitions.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return Files.isDirectory(code)
          ? folder(code.resolve(ROOT))
          : new Packed(new JarFile(code.toFile()));
    } catch (URISyntaxException | IOException problem) {
      throw new IllegalStateException("the tool cannot read its own jar", problem);
    }
  }

  /** The definitions below a folder that holds rpm, images, kickstart and manifests. */
  public static Definitions folder(Path root) {
    return new Folder(root);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static IllegalDefinition missing(String path, Object place) {
    return new IllegalDefinition(
        "definitions: there is no " + path + " in " + place + "; check --definitions");
  }

  private record Folder(Path root) implements Definitions {
    @Override
    public String text(String path) {
      if (!exists(path)) {
        throw missing(path, root);
      }
      try {
        return PackedDefinitions.text(Files.readAllBytes(root.resolve(path)));
      } catch (IOException problem) {
        throw new UncheckedIOException(problem);
      }
    }

    @Override
    public boolean exists(String path) {
      return Files.isRegularFile(root.resolve(path));
    }

    @Override
    public List<String> files(String folder) {
      if (!Files.isDirectory(root.resolve(folder))) {
        return List.of();
      }
      try (Stream<Path> walk = Files.walk(root.resolve(folder))) {
        return walk.filter(Files::isRegularFile)
            .map(file -> root.relativize(file).toString().replace('\\', '/'))
            .filter(PackedDefinitions::isSource)
            .sorted()
            .toList();
      } catch (IOException problem) {
        throw new UncheckedIOException(problem);
      }
    }
  }

  private record Packed(JarFile jar) implements Definitions {
    @Override
    public String text(String path) {
      ZipEntry entry = jar.getEntry(ROOT + path);
      if (entry == null) {
        throw missing(path, jar.getName());
      }
      try (InputStream in = jar.getInputStream(entry)) {
        return PackedDefinitions.text(in.readAllBytes());
      } catch (IOException problem) {
        throw new UncheckedIOException(problem);
      }
    }

    @Override
    public boolean exists(String path) {
      return jar.getEntry(ROOT + path) != null;
    }

    @Override
    public List<String> files(String folder) {
      List<String> found = new ArrayList<>();
      jar.stream()
          .map(ZipEntry::getName)
          .filter(name -> name.startsWith(ROOT + folder + "/") && !name.endsWith("/"))
          .map(name -> name.substring(ROOT.length()))
          .filter(PackedDefinitions::isSource)
          .sorted()
          .forEach(found::add);
      return List.copyOf(found);
    }
  }

  /** Bytecode that a test run left in a checkout is no definition. */
  private static boolean isSource(String path) {
    return !path.contains("/__pycache__/");
  }
}
