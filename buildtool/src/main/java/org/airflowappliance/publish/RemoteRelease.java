package org.airflowappliance.publish;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.airflowappliance.file.Tally;
import org.airflowappliance.release.Checksums;
import org.airflowappliance.release.ReleaseIndex;

/**
 * A release as a web server gives it: at a place that releases are published to the current one,
 * else the one whose folder is served.
 *
 * @param place the address that was asked for, without a slash at the end
 * @param folder the address of the release's folder
 */
public record RemoteRelease(String place, String folder) {
  private static final Duration CONNECT = Duration.ofSeconds(15);
  private static final Duration ANSWER = Duration.ofMinutes(1);
  private static final int SMALL = 1 << 20;

  /** No file of a release is as large; what a server sends without an end is no file. */
  private static final long LARGEST = 8L << 30;

  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();

  /**
   * Finds the release at an address.
   *
   * @throws PublishProblem when there is none, or no answer
   */
  public static RemoteRelease at(URI address) {
    String place = address.toString().replaceFirst("/+$", "");
    Optional<Pointer> pointer = text(place + "/" + Layout.MIRRORS).flatMap(Pointer::read);
    // the list's own address is where nodes reach the place, which may be another
    String folder =
        pointer
            .map(each -> place + "/" + each.edition().folder().replaceFirst("/$", ""))
            .orElse(place);
    return new RemoteRelease(place, folder);
  }

  /**
   * Fetches every file that its list names to a folder, as many at a time as a server likes.
   *
   * @param target an empty folder
   * @param received is told the bytes as they come
   * @return what is wrong with the copies at addresses that stay, a line each; what is wrong with
   *     the folder is seen by verifying it
   */
  public List<String> fetch(Path target, LongConsumer received) throws IOException {
    String sums =
        text(folder + "/" + Checksums.NAME)
            .orElseThrow(
                () ->
                    new PublishProblem(
                        "%s: there is no %s, so it is no release; name distribution.url or a release's folder there"
                            .formatted(folder, Checksums.NAME)));
    TreeMap<String, String> listed = Publishable.listed(sums);
    Set<String> paths = new TreeSet<>(listed.keySet());
    paths.addAll(List.of(Checksums.NAME, Checksums.SIGNATURE, ReleaseIndex.NAME));
    paths.removeIf(path -> !isInside(target, path)); // verifying says that it is missing
    Parallel.each(paths, path -> copy(folder + "/" + path, target.resolve(path), received));
    return folder.equals(place) ? List.of() : strayed(listed);
  }

  private static boolean isInside(Path target, String path) {
    Path file = target.resolve(path).normalize();
    return file.startsWith(target) && !file.equals(target);
  }

  private List<String> strayed(TreeMap<String, String> listed) throws IOException {
    List<String> lasting = listed.keySet().stream().filter(Layout::isLasting).toList();
    List<String> found = new ArrayList<>();
    Parallel.each(
        lasting,
        path -> {
          String is = digest(place + "/" + path).orElse("");
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
    return found.stream().sorted().toList();
  }

  private static Optional<String> digest(String address) throws IOException {
    try (InputStream in = open(address);
        Tally bytes = new Tally(OutputStream.nullOutputStream())) {
      in.transferTo(bytes);
      return Optional.of(bytes.hex());
    } catch (FileNotFoundException absent) {
      return Optional.empty();
    }
  }

  private static void copy(String address, Path file, LongConsumer received) throws IOException {
    Files.createDirectories(file.getParent());
    try (InputStream in = open(address);
        OutputStream out = Files.newOutputStream(file)) {
      byte[] buffer = new byte[1 << 16];
      long all = 0;
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        out.write(buffer, 0, count);
        received.accept(count);
        all += count;
        if (all > LARGEST) {
          throw new PublishProblem(address + ": is larger than any file of a release; stopped");
        }
      }
    } catch (FileNotFoundException absent) {
      Files.deleteIfExists(file); // verifying says that it is missing
    }
  }

  private static Optional<String> text(String address) {
    try (InputStream in = open(address)) {
      return Optional.of(new String(in.readNBytes(SMALL), StandardCharsets.UTF_8));
    } catch (FileNotFoundException absent) {
      return Optional.empty();
    } catch (IOException problem) {
      throw unreachable(address, problem);
    }
  }

  private static InputStream open(String address) throws IOException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(address)).timeout(ANSWER).build();
    HttpResponse<InputStream> answer;
    try {
      answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new PublishProblem(address + ": interrupted", interrupted);
    } catch (IOException problem) {
      throw unreachable(address, problem);
    }
    if (answer.statusCode() == 200) {
      return answer.body();
    }
    answer.body().close();
    // a bucket that may not be listed says 403 for what is not there
    if (Set.of(403, 404, 410).contains(answer.statusCode())) {
      throw new FileNotFoundException(address);
    }
    throw new PublishProblem(
        "%s: the server said %d; repeat this when it is well"
            .formatted(address, answer.statusCode()));
  }

  private static PublishProblem unreachable(String address, IOException problem) {
    return new PublishProblem(
        "%s: gives no answer (%s); check the address and that its certificate is one that Java trusts"
            .formatted(address, problem),
        problem);
  }
}
