package org.airflowappliance.program;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.airflowappliance.lock.StoreProblem;

/**
 * A program that is run with a small, fixed environment; what it prints is shown only when it
 * fails.
 */
public final class Command {
  /** How the machine finds programs and reaches its package index; nothing else is passed on. */
  private static final Pattern PASSED =
      Pattern.compile(
          "PATH|HOME|TMPDIR|NETRC|XDG_CONFIG_HOME|(?i:(https?|all|no)_proxy)"
              + "|SSL_CERT_FILE|SSL_CERT_DIR|SSL_CLIENT_CERT|REQUESTS_CA_BUNDLE"
              + "|PIP_(CONFIG_FILE|INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|TRUSTED_HOST|CERT"
              + "|CLIENT_CERT|PROXY|DEFAULT_TIMEOUT|RETRIES)"
              + "|UV_(CONFIG_FILE|DEFAULT_INDEX|INDEX.*|EXTRA_INDEX_URL|FIND_LINKS"
              + "|INSECURE_HOST|NATIVE_TLS|SYSTEM_CERTS|HTTP_.*|KEYRING_PROVIDER)");

  private static final int SHOWN_LINES = 40;

  private final List<String> words = new ArrayList<>();
  private final Map<String, String> environment = new TreeMap<>();

  /** A program by its name, with no arguments yet. */
  public Command(String program) {
    words.add(program);
    environment.put("LC_ALL", "C.UTF-8");
    environment.put("TZ", "UTC");
  }

  /** Adds arguments. */
  public Command with(String... arguments) {
    words.addAll(List.of(arguments));
    return this;
  }

  /** Sets a variable of its environment. */
  public Command set(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /**
   * Runs it in {@code folder} to its end and returns what it printed.
   *
   * @throws StoreProblem when it cannot be started or ends with another code than 0
   */
  public String run(Path folder) throws IOException {
    Process process = start(folder);
    process.getOutputStream().close();
    try (InputStream in = process.getInputStream()) {
      String output = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      int code = process.waitFor();
      if (code != 0) {
        throw new StoreProblem(
            String.join(" ", words) + ": ended with exit code " + code + ":\n" + tail(output));
      }
      return output;
    } catch (InterruptedException interrupted) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new StoreProblem(words.get(0) + ": interrupted", interrupted);
    }
  }

  private Process start(Path folder) {
    ProcessBuilder builder =
        new ProcessBuilder(words).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> !PASSED.matcher(name).matches());
    builder.environment().putAll(environment);
    try {
      return builder.start();
    } catch (IOException problem) {
      throw new StoreProblem(
          words.get(0) + ": cannot be started (" + problem.getMessage() + "); install it", problem);
    }
  }

  private static String tail(String output) {
    List<String> lines = output.strip().lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()));
  }
}
