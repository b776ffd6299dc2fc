package org.airflowappliance.debian;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.airflowappliance.lock.Pin;
import org.airflowappliance.plan.Derived;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.Workbench;

/**
 * What packages say of themselves: their fields and their copyright files. Of these some are links,
 * also to another package's folder, so all packages that go together are looked at together.
 *
 * @param packages locked packages
 */
public record DebianRecords(List<Pin> packages) implements Derived {
  private static final String DOCUMENTS = "/usr/share/doc/";
  private static final String COPYRIGHT = "/copyright";
  private static final String CONTROL = "control.";

  public DebianRecords {
    packages = List.copyOf(packages);
  }

  /** Where a package's copyright file is, in the package and on a system. */
  public static String copyright(String name) {
    return DOCUMENTS + name + COPYRIGHT;
  }

  /**
   * What one package says.
   *
   * @param control its fields, a line each
   * @param copyright the text of its copyright file; none when the package that has it is not there
   */
  public record Record(String control, Optional<String> copyright) {
    /** A field; empty when there is none. */
    public String field(String name) {
      return control
          .lines()
          .filter(line -> line.startsWith(name + ": "))
          .map(line -> line.substring(name.length() + 2).strip())
          .findFirst()
          .orElse("");
    }
  }

  @Override
  public String name() {
    return "debian-records";
  }

  @Override
  public String recipe() {
    Fingerprint all = new Fingerprint().add("debian records 1");
    packages.forEach(pin -> all.add(pin.name(), pin.sha256()));
    return all.hex();
  }

  @Override
  public void make(Path folder, Workbench workbench) throws IOException {
    for (Pin pin : packages) {
      DebPackage each = new DebPackage(workbench.pinned(pin));
      each.unpack(
          folder,
          path ->
              path.startsWith(DOCUMENTS)
                  // a file, or a link in place of the folder
                  && (path.endsWith(COPYRIGHT) || path.equals(DOCUMENTS + pin.name())));
      Files.writeString(folder.resolve(CONTROL + pin.name()), each.control());
    }
  }

  /** What one of the packages says, from the folder that was made. */
  public static Record read(Path folder, String name) throws IOException {
    Path copyright = folder.resolve(copyright(name).substring(1));
    // a link that leads out of the folder is of a package that is not there
    boolean there =
        Files.isRegularFile(copyright) && copyright.toRealPath().startsWith(folder.toRealPath());
    return new Record(
        Files.readString(folder.resolve(CONTROL + name), StandardCharsets.UTF_8),
        there
            ? Optional.of(new String(Files.readAllBytes(copyright), StandardCharsets.UTF_8))
            : Optional.empty());
  }
}
