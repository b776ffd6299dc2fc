package org.airflowappliance.python;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.airflowappliance.file.Deletion;
import org.airflowappliance.lock.StoreProblem;
import org.airflowappliance.plan.AirflowLine;
import org.airflowappliance.plan.Derived;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.Workbench;

/**
 * The one file of each locked Python package that the line's {@link SitePackages} were installed
 * from: the lock allows any wheel of a version, and an installed package does not say its digest,
 * but it says the tags that stand in its wheel's name.
 *
 * @param line the Airflow line
 */
public record WheelDigests(AirflowLine line) implements Derived {
  private static final String FILE = "sha256";

  @Override
  public String name() {
    return "wheel-digests";
  }

  @Override
  public String recipe() {
    return new Fingerprint().add("wheel digests 1", new SitePackages(line).recipe()).hex();
  }

  /** SHA-256, hexadecimal, by normal name of the package. */
  public Map<String, String> read(Workbench workbench) throws IOException {
    Map<String, String> digests = new TreeMap<>();
    for (String row : Files.readAllLines(workbench.derived(this).resolve(FILE))) {
      digests.put(row.split(" ")[0], row.split(" ")[1]);
    }
    return digests;
  }

  @Override
  public void make(Path folder, Workbench workbench) throws IOException {
    Map<String, JsonNode> listed = listed(workbench);
    StringBuilder rows = new StringBuilder();
    for (Distribution each : Distribution.in(workbench.derived(new SitePackages(line)))) {
      String name = each.normalName();
      JsonNode files = listed.getOrDefault(name, MissingNode.getInstance());
      String sha256 = sha256(files, tags(each));
      if (!line.requirements().contains("--hash=sha256:" + sha256)) {
        throw new StoreProblem(
            "%s %s: the index names no file of it that the lock allows and that was installed; run `appliance lock`"
                .formatted(name, each.version()));
      }
      rows.append(name).append(' ').append(sha256).append('\n');
    }
    Files.writeString(folder.resolve(FILE), rows);
  }

  /** Of the wheel that has these tags; what has no such wheel was built from its sources. */
  static String sha256(JsonNode files, Set<String> tags) {
    for (JsonNode wheel : files.path("wheels")) {
      String[] name =
          wheel
              .path("url")
              .asText()
              .replaceFirst(".*/", "")
              .replaceFirst("\\.whl.*", "")
              .split("-");
      String last = String.join("-", List.of(name).subList(name.length - 3, name.length));
      if (single(last).equals(tags)) {
        return wheel.path("hashes").path("sha256").asText();
      }
    }
    return files.path("sdist").path("hashes").path("sha256").asText("none");
  }

  static Set<String> tags(Distribution each) throws IOException {
    Set<String> tags = new TreeSet<>();
    Distribution.values(Files.readAllLines(each.folder().resolve("WHEEL")), "Tag")
        .forEach(tag -> tags.addAll(single(tag)));
    return tags;
  }

  /** A tag of several, such as {@code py2.py3-none-any}, as all that it stands for. */
  private static Set<String> single(String tag) {
    String[] parts = tag.split("-");
    Set<String> all = new TreeSet<>();
    for (String python : parts[0].split("\\.")) {
      for (String abi : parts[1].split("\\.")) {
        for (String platform : parts[2].split("\\.")) {
          all.add(python + "-" + abi + "-" + platform);
        }
      }
    }
    return all;
  }

  /** What the index has of each locked package, by its normal name. */
  private Map<String, JsonNode> listed(Workbench workbench) throws IOException {
    workbench.progress("asking for the digests of Python packages", 0, 0);
    Path work = Files.createTempDirectory("appliance-wheels-");
    try {
      Path requirements = Files.writeString(work.resolve("requirements.lock"), line.requirements());
      Path out = work.resolve("pylock.toml");
      PythonInterpreter interpreter = PythonInterpreter.of(line);
      Path python = workbench.derived(interpreter);
      interpreter
          .lending(Uv.command(workbench.derived(new Uv(line.tools())), workbench), python)
          .with("pip", "compile", requirements.toString(), "-o", out.toString())
          .with("--format", "pylock.toml", "--no-deps", "--no-header")
          .with("--python", python.resolve("usr/bin/python" + line.python()).toString())
          .with("--python-version", line.python())
          .with("--python-platform", SitePackages.PLATFORM)
          .run(work);
      Map<String, JsonNode> listed = new TreeMap<>();
      for (JsonNode each : new TomlMapper().readTree(out.toFile()).path("packages")) {
        listed.put(Distribution.normal(each.path("name").asText()), each);
      }
      return listed;
    } finally {
      Deletion.of(work);
    }
  }
}
