package org.airflowappliance.plan;

import java.util.function.Supplier;
import org.airflowappliance.file.Content;
import org.airflowappliance.file.FileEntry;
import org.airflowappliance.file.Owner;
import org.airflowappliance.template.IllegalDefinition;

/**
 * One file as a package.yaml or image.yaml defines it: {@code path}, {@code kind}, {@code owner},
 * {@code mode} and {@code target}.
 *
 * @param yaml the mapping of the file
 */
public record FileDefinition(DefinitionYaml yaml) {
  /**
   * The file.
   *
   * @param otherKind a kind that the caller knows besides, for the error; may be empty
   * @param content asked for a regular file only
   */
  public FileEntry entry(String otherKind, Supplier<String> content) {
    return switch (yaml.text("kind", "file")) {
      case "directory" -> new FileEntry.Directory(path(), owner(), mode("0755"));
      case "symlink" -> new FileEntry.Symlink(path(), owner(), yaml.text("target"));
      case "file" -> regular(content.get());
      default ->
          throw new IllegalDefinition(
              yaml.place()
                  + ": "
                  + path()
                  + ": kind '"
                  + yaml.text("kind")
                  + "' is not one of file, directory, symlink"
                  + (otherKind.isEmpty() ? "" : ", " + otherKind));
    };
  }

  /** The file as a regular one with this text. */
  public FileEntry regular(String text) {
    return new FileEntry.Regular(path(), owner(), mode("0644"), Content.of(text));
  }

  private String path() {
    return yaml.text("path");
  }

  private int mode(String otherwise) {
    String mode = yaml.text("mode", otherwise);
    if (!mode.matches("[0-7]{3,5}")) {
      throw new IllegalDefinition(
          yaml.place() + ": " + path() + ": mode '" + mode + "' is not octal; write \"0755\"");
    }
    return Integer.parseInt(mode, 8);
  }

  /** Its owner: names for packages, or numbers for images. */
  public Owner owner() {
    String owner = yaml.text("owner", "root:root");
    String[] names = owner.split(":");
    if (names.length != 2) {
      throw new IllegalDefinition(
          yaml.place() + ": " + path() + ": owner '" + owner + "' is not USER:GROUP; write both");
    }
    return new Owner(names[0], id(names[0]), names[1], id(names[1]));
  }

  private int id(String name) {
    return switch (name) {
      case "root" -> 0;
      case "airflow" -> 50000;
      case "users" -> 100;
      default -> {
        if (!name.matches("[0-9]{1,9}")) {
          throw new IllegalDefinition(
              yaml.place()
                  + ": "
                  + path()
                  + ": owner '"
                  + name
                  + "' is not root, airflow, users or a number");
        }
        yield Integer.parseInt(name);
      }
    };
  }
}
