package org.airflowappliance.lock;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where Debian packages are fetched: the mirror that an option names, else those of the machine's
 * own apt sources.
 *
 * @param option base URL of a mirror, or null
 * @param aptFolder the machine's apt configuration
 * @param name of the option, for errors
 */
public record Mirrors(String option, Path aptFolder, String name) {
  private static final String DEBIAN = "--debian-mirror";
  private static final int INDEX_LIMIT = 16 << 20;
  private static final Pattern ONE_LINE =
      Pattern.compile("deb\\s+(?:\\[[^]]*]\\s+)?(\\S+)\\s+(\\S+)\\s+(\\S.*)");

  /** Mirrors of this machine. */
  public Mirrors(String option) {
    this(option, Path.of("/etc/apt"));
  }

  /** Mirrors of a machine. */
  public Mirrors(String option, Path aptFolder) {
    this(option, aptFolder, DEBIAN);
  }

  /** The one mirror that another option names, of something else than Debian. */
  public static Mirrors named(String name, String url) {
    return new Mirrors(url, Path.of("/etc/apt"), name);
  }

  /**
   * Base URLs without a slash at the end, the best first.
   *
   * @throws StoreProblem when there is none
   */
  public List<URI> bases() {
    if (option != null) {
      return List.of(checked());
    }
    Set<URI> found = new LinkedHashSet<>();
    try {
      for (Path file : files()) {
        String text = Files.readString(file);
        found.addAll(file.toString().endsWith(".sources") ? stanzas(text) : lines(text));
      }
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
    if (found.isEmpty()) {
      throw new StoreProblem(
          aptFolder
              + ": no apt source of a Debian release with the component main is named there;"
              + " give "
              + name
              + " URL");
    }
    return List.copyOf(found);
  }

  private URI checked() {
    if (!option.matches("https?://[^/\\s]\\S*")) {
      throw new StoreProblem(
          name + ": '" + option + "' is not a URL; write http://HOST/PATH or https://…");
    }
    return URI.create(trimmed(option));
  }

  /**
   * A file whose digest no lock knows: only for what is signed, whose signature the caller checks.
   */
  public byte[] unlocked(String location) throws IOException {
    List<String> answers = new ArrayList<>();
    for (URI base : bases()) {
      try (InputStream in = Http.open(URI.create(base + "/" + location), 0).body();
          Stall stall = new Stall(in)) {
        stall.moved();
        byte[] bytes = in.readNBytes(INDEX_LIMIT);
        if (in.read() < 0) {
          return bytes;
        }
        answers.add(base + " has one larger than " + INDEX_LIMIT + " bytes");
      } catch (IOException problem) {
        answers.add(problem.getMessage());
      }
    }
    throw new StoreProblem(
        location
            + ": cannot be fetched: "
            + String.join("; ", answers)
            + "; name another mirror: "
            + name
            + " URL");
  }

  /** Size in bytes that the first mirror says of a file. */
  public long size(String location) throws IOException {
    URI address = URI.create(bases().get(0) + "/" + location);
    HttpResponse<InputStream> answer = Http.open(address, 0);
    answer.body().close();
    return answer
        .headers()
        .firstValueAsLong("Content-Length")
        .orElseThrow(
            () -> new StoreProblem(address + ": its size is not said; name another mirror"));
  }

  private List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    if (Files.isRegularFile(aptFolder.resolve("sources.list"))) {
      files.add(aptFolder.resolve("sources.list"));
    }
    Path folder = aptFolder.resolve("sources.list.d");
    if (Files.isDirectory(folder)) {
      try (Stream<Path> list = Files.list(folder)) {
        list.filter(file -> file.toString().matches(".*\\.(list|sources)"))
            .sorted()
            .forEach(files::add);
      }
    }
    return files;
  }

  private static List<URI> lines(String text) {
    List<URI> found = new ArrayList<>();
    for (String line : text.lines().toList()) {
      Matcher source = ONE_LINE.matcher(line.replaceFirst("#.*", "").strip());
      if (source.matches()) {
        add(found, List.of(source.group(1)), List.of(source.group(2)), words(source.group(3)));
      }
    }
    return found;
  }

  private static List<URI> stanzas(String text) {
    List<URI> found = new ArrayList<>();
    for (String stanza : text.replaceAll("(?m)^#.*\\n", "").split("\\n[ \\t]*(?=\\n)")) {
      Map<String, String> fields = fields(stanza);
      boolean disabled =
          fields.getOrDefault("enabled", "yes").matches("(?i)no|false|without|off|disable|0");
      if (!disabled && words(fields.getOrDefault("types", "")).contains("deb")) {
        add(
            found,
            words(fields.getOrDefault("uris", "")),
            words(fields.getOrDefault("suites", "")),
            words(fields.getOrDefault("components", "")));
      }
    }
    return found;
  }

  /** Fields in lower case; a line that begins with a blank goes on with the one before. */
  private static Map<String, String> fields(String stanza) {
    Map<String, String> fields = new TreeMap<>();
    for (String field : stanza.replaceAll("\\n[ \\t]+", " ").lines().toList()) {
      int colon = field.indexOf(':');
      if (colon > 0) {
        fields.put(
            field.substring(0, colon).strip().toLowerCase(Locale.ROOT),
            field.substring(colon + 1).strip());
      }
    }
    return fields;
  }

  private static List<String> words(String text) {
    return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
  }

  private static void add(
      List<URI> found, List<String> bases, List<String> suites, List<String> components) {
    if (components.contains("main") && suites.stream().anyMatch(Mirrors::isRelease)) {
      bases.stream()
          .filter(base -> base.matches("https?://\\S+"))
          .map(base -> URI.create(trimmed(base)))
          .forEach(found::add);
    }
  }

  /**
   * Suites of the main archive; security updates and other vendors' repositories have other names.
   */
  private static boolean isRelease(String suite) {
    return suite.matches(
        "bullseye|bookworm|trixie|forky|sid|stable|oldstable|oldoldstable|testing|unstable");
  }

  private static String trimmed(String uri) {
    return uri.replaceAll("/+$", "");
  }
}
