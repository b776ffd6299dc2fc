package org.airflowappliance.sbom;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.airflowappliance.debian.DebianRecords;
import org.airflowappliance.lock.Pin;
import org.airflowappliance.plan.Materials;

/** Locked packages of Debian with the licences that their copyright files name. */
final class DebianComponents {
  /** Scanners know releases by their numbers. */
  private static final Map<String, String> RELEASES =
      Map.of("bullseye", "debian-11", "bookworm", "debian-12", "trixie", "debian-13");

  private static final Pattern LICENCE = Pattern.compile("(?m)^License: *(\\S.*?) *$");
  private static final Pattern COMMON =
      Pattern.compile("/usr/share/common-licenses/([A-Za-z0-9.-]*[A-Za-z0-9])");

  /** The source package and, where it differs, its version in brackets. */
  private static final Pattern SOURCE = Pattern.compile("(\\S+)(?: \\((.+)\\))?");

  private DebianComponents() {}

  /**
   * One for each package.
   *
   * @param records the folder of their {@link DebianRecords}
   */
  static List<Component> of(Materials.Debian debian, Path records) throws IOException {
    List<Component> found = new ArrayList<>();
    for (Pin pin : debian.packages()) {
      DebianRecords.Record said = DebianRecords.read(records, pin.name());
      found.add(
          new Component(
              Purl.of(
                  "deb",
                  "debian",
                  pin.name(),
                  pin.version(),
                  Map.of(
                      "arch",
                      said.field("Architecture"),
                      "distro",
                      RELEASES.getOrDefault(debian.suite(), debian.suite()),
                      "upstream",
                      upstream(said))),
              pin.name(),
              pin.version(),
              pin.sha256(),
              said.copyright().map(text -> licences(pin.name(), text)).orElse(List.of()),
              said.copyright().isEmpty()
                  ? List.of()
                  : List.of(debian.texts().replace("*", pin.name()))));
    }
    return found;
  }

  /** By which advisories of Debian are found: they name source packages. */
  private static String upstream(DebianRecords.Record said) {
    Matcher source = SOURCE.matcher(said.field("Source"));
    if (!source.matches()) {
      return "";
    }
    return source.group(2) == null ? source.group(1) : source.group(1) + "@" + source.group(2);
  }

  /**
   * Short names of the machine-readable form, else the common licences that the text refers to,
   * else the text itself, which then says it in words alone.
   */
  static List<String> licences(String name, String copyright) {
    TreeSet<String> found = new TreeSet<>();
    boolean machineReadable = copyright.startsWith("Format:");
    Matcher names = (machineReadable ? LICENCE : COMMON).matcher(copyright);
    while (names.find()) {
      found.add(names.group(1));
    }
    return found.isEmpty() ? List.of("as " + name + "'s copyright file says") : List.copyOf(found);
  }
}
