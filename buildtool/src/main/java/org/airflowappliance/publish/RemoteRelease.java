package org.airflowappliance.publish;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.airflowappliance.file.Tally;
import org.airflowappliance.lock.Stall;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.release.Checksums;
import org.airflowappliance.release.ReleaseIndex;

/**
 * A release as a web server gives it: at a place that releases are published to the current one,
 * else the one whose folder is served.
 *
 * @param place the address that was asked for, without a slash at the end
 * @param folder the address of the release's folder
 * @param mirrors the mirror list that was found there; empty where there is none
 * @param client what asks for files
 */
public record RemoteRelease(String place, String folder, String mirrors, HttpClient client) {
  private static final int ATTEMPTS = 3;
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration CONNECT = Duration.ofSeconds(15);
  private static final Duration ANSWER = Duration.ofMinutes(1);
  private static final int SMALL = 1 << 20;

  /** No file of a release is as large; what a server sends without an end is no file. */
  private static final long LARGEST = 8L << 30;

  /**
   * Finds the release at an address.
   *
   * @param trust whom to believe about an https address; Java's own CAs when empty
   * @throws PublishProblem when there is none, or no answer
   */
  public static RemoteRelease at(URI address, Optional<TrustManager[]> trust) {
    String place = address.toString().replaceFirst("/+$", "");
    HttpClient client = client(trust);
    Optional<String> list = text(client, place, Layout.MIRRORS);
    // the list's own address is where nodes reach the place, which may be another
    String folder =
        list.flatMap(Pointer::read)
            .map(each -> place + "/" + each.edition().folder().replaceFirst("/$", ""))
            .orElse(place);
    return new RemoteRelease(place, folder, list.orElse(""), client);
  }

  private static HttpClient client(Optional<TrustManager[]> trust) {
    HttpClient.Builder client =
        HttpClient.newBuilder().connectTimeout(CONNECT).followRedirects(HttpClient.Redirect.NORMAL);
    trust.ifPresent(believed -> client.sslContext(context(believed)));
    return client.build();
  }

  private static SSLContext context(TrustManager[] believed) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, believed, null);
      return context;
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("Java has no TLS", impossible);
    }
  }

  /** What may stop the fetching, once the lists are there. */
  public interface ListsCheck {
    /**
     * Looks at the lists.
     *
     * @param folder holds SHA256SUMS, its signature and release.json, as far as they are served
     */
    void check(Path folder) throws IOException;
  }

  /**
   * Fetches every file that its list names to a folder, as many at a time as a server likes.
   *
   * @param target an empty folder
   * @param check is asked before anything large is fetched
   * @param received is told the bytes as they come
   * @return what is wrong with the place around the folder, a line each; what is wrong with the
   *     folder is seen by verifying it
   */
  public List<String> fetch(Path target, ListsCheck check, LongConsumer received)
      throws IOException {
    List<String> lists = List.of(Checksums.NAME, Checksums.SIGNATURE, ReleaseIndex.NAME);
    Path sums = target.resolve(Checksums.NAME);
    if (!copy(Checksums.NAME, sums, SMALL, received)) {
      throw new PublishProblem(
          "%s: there is no %s that can be read, so it is no release; name distribution.url or a release's folder there"
              .formatted(folder, Checksums.NAME));
    }
    for (String path : lists.subList(1, lists.size())) {
      copy(path, target.resolve(path), SMALL, received);
    }
    check.check(target);
    TreeMap<String, String> listed = Publishable.listed(Files.readString(sums));
    // others are no names of a release's files; verifying says that they are missing
    listed.keySet().removeIf(path -> !isName(path));
    Set<String> others = new TreeSet<>(listed.keySet());
    lists.forEach(others::remove);
    Parallel.each(others, path -> copy(path, target.resolve(path), LARGEST, received));
    return folder.equals(place) ? List.of() : strayed(listed, target);
  }

  private static boolean isName(String path) {
    try {
      return new ReleasePath(path).value().equals(path);
    } catch (IllegalArgumentException none) {
      return false;
    }
  }

  private List<String> strayed(TreeMap<String, String> listed, Path target) throws IOException {
    List<String> found = new ArrayList<>();
    String wanted = mirrors(target);
    if (!wanted.equals(mirrors)) {
      found.add(
          "%s/%s: says '%s', but of this release it is '%s'; remove it there, publish the release again, and find out who changed it"
              .formatted(place, Layout.MIRRORS, shown(mirrors), shown(wanted)));
    }
    Parallel.each(
        listed.keySet().stream().filter(Layout::isLasting).toList(),
        path -> {
          String is = digest(path).orElse("");
          if (!is.equals(listed.get(path))) {
            synchronized (found) {
              found.add(
                  is.isEmpty()
                      ? "%s/%s: is missing; publish the release again".formatted(place, path)
                      : "%s/%s: has sha256 %s, but the current release says %s; publish the release again, and find out who changed it"
                          .formatted(place, path, is, listed.get(path)));
            }
          }
        });
    if (!text(client, place, Layout.MIRRORS).orElse("").equals(mirrors)) {
      throw new PublishProblem(place + ": somebody publishes there; repeat this when that is done");
    }
    return found.stream().sorted().toList();
  }

  /** The mirror list as it has to be for what was fetched; empty when that is no release. */
  private String mirrors(Path target) throws IOException {
    Path own = target.resolve(Layout.MIRRORS);
    Path index = target.resolve(ReleaseIndex.NAME);
    if (!Files.exists(own) || !Files.exists(index)) {
      return "";
    }
    JsonNode said;
    try {
      said = new ObjectMapper().readTree(index.toFile());
    } catch (JsonProcessingException damaged) {
      return ""; // verifying says so
    }
    Edition edition =
        Edition.of(said.path("release").asInt(), Tally.of(target.resolve(Checksums.NAME)).hex());
    return Pointer.of(said.path("cluster").asText(), edition, Files.readString(own))
        .map(pointer -> pointer.after(Pointer.read(mirrors).flatMap(Pointer::before)).text())
        .orElse("");
  }

  /** On one line, and nothing in it steers a terminal. */
  private static String shown(String text) {
    return text.strip().replace("\n", " | ").replaceAll("\\p{Cntrl}", "?");
  }

  private Optional<String> digest(String path) throws IOException {
    return again(
        client,
        place,
        path,
        in -> {
          try (Tally bytes = new Tally(OutputStream.nullOutputStream())) {
            pass(place + "/" + path, in, bytes, LARGEST, unused -> {});
            return bytes.hex();
          }
        });
  }

  private boolean copy(String path, Path file, long limit, LongConsumer received)
      throws IOException {
    Files.createDirectories(file.getParent());
    return again(
            client,
            folder,
            path,
            in -> {
              try (OutputStream out = Files.newOutputStream(file)) {
                pass(folder + "/" + path, in, out, limit, received);
              }
              return file;
            })
        .isPresent();
  }

  private static void pass(
      String what, InputStream in, OutputStream out, long limit, LongConsumer received)
      throws IOException {
    try (Stall stall = new Stall(in)) {
      byte[] buffer = new byte[1 << 16];
      long all = 0;
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        stall.moved();
        out.write(buffer, 0, count);
        received.accept(count);
        all += count;
        if (all > limit) {
          throw new PublishProblem(
              "%s: has more than %d bytes, which no such file of a release has; find out what is served there"
                  .formatted(what, limit));
        }
      }
    }
  }

  private static Optional<String> text(HttpClient client, String base, String path) {
    return again(
        client, base, path, in -> new String(in.readNBytes(SMALL), StandardCharsets.UTF_8));
  }

  /** What is done with an answer's body. */
  private interface Reading<T> {
    T of(InputStream in) throws IOException;
  }

  /**
   * Asks for a file, several times when the connection breaks; none where there is no such file.
   */
  private static <T> Optional<T> again(
      HttpClient client, String base, String path, Reading<T> reading) {
    URI address = address(base, path);
    for (int attempt = 1; ; attempt++) {
      try (InputStream in = open(client, address)) {
        return Optional.of(reading.of(in));
      } catch (FileNotFoundException absent) {
        return Optional.empty();
      } catch (IOException problem) {
        if (attempt == ATTEMPTS) {
          throw new PublishProblem(
              "%s: cannot be fetched (%s); check the address, that its certificate is of a CA that Java trusts or --ca-file names, and that there is room in the temporary folder"
                  .formatted(address, problem),
              problem);
        }
        pause(attempt);
      }
    }
  }

  private static URI address(String base, String path) {
    try {
      return URI.create(base + "/" + new URI(null, null, path, null).getRawPath());
    } catch (URISyntaxException impossible) {
      throw new IllegalArgumentException(path, impossible);
    }
  }

  private static void pause(int attempt) {
    try {
      Thread.sleep(PAUSE.multipliedBy(attempt).toMillis());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new PublishProblem("interrupted", interrupted);
    }
  }

  private static InputStream open(HttpClient client, URI address) throws IOException {
    HttpRequest request = HttpRequest.newBuilder(address).timeout(ANSWER).build();
    HttpResponse<InputStream> answer;
    try {
      answer = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new PublishProblem(address + ": interrupted", interrupted);
    }
    if (answer.statusCode() == 200) {
      return answer.body();
    }
    answer.body().close();
    // a bucket that may not be listed says 403 for what is not there
    if (Set.of(403, 404, 410).contains(answer.statusCode())) {
      throw new FileNotFoundException(address.toString());
    }
    throw new IOException("the server said " + answer.statusCode());
  }
}
