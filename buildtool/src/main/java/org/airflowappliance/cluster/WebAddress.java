package org.airflowappliance.cluster;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;

/** Checks of http and https addresses. */
final class WebAddress {
  /** Which paths an address may have. */
  enum Tail {
    NONE,
    NO_SLASH_AT_END,
    ANY
  }

  private static final List<String> WEB = List.of("http", "https");

  private WebAddress() {}

  /** Notes the first problem of an address that may be http or https. */
  static Optional<URI> check(Part part, Tail tail) {
    return check(part, tail, WEB);
  }

  static Optional<URI> check(Part part, Tail tail, List<String> schemes) {
    Optional<String> text = part.text();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> problem = problem(text.get(), tail, schemes);
    problem.ifPresent(part::problem);
    return problem.isPresent() ? Optional.empty() : Optional.of(URI.create(text.get()));
  }

  private static Optional<String> problem(String text, Tail tail, List<String> schemes) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException broken) {
      return Optional.of(noAddress(text, schemes));
    }
    if (uri.getRawAuthority() != null && uri.getRawAuthority().contains("@")) {
      return Optional.of(
          "%s holds a user name or password; remove what stands before the '@'"
              .formatted(Problems.quote(text)));
    }
    if (!schemes.contains(String.valueOf(uri.getScheme()))
        || uri.getHost() == null
        || uri.isOpaque()) {
      return Optional.of(noAddress(text, schemes));
    }
    return part(text, uri).or(() -> tail(text, uri, tail));
  }

  private static String noAddress(String text, List<String> schemes) {
    return "%s is not an address; write %s://HOST[:PORT]"
        .formatted(Problems.quote(text), String.join(":// or ", schemes));
  }

  private static Optional<String> part(String text, URI uri) {
    String quoted = Problems.quote(text);
    if (uri.getPort() == 0 || uri.getPort() > 65535 || text.matches("[a-z]+://[^/]*:(/.*)?")) {
      return Optional.of(quoted + " has a port that is not from 1 to 65535; correct or remove it");
    }
    if (uri.getHost().startsWith("[")) {
      return Optional.of(
          quoted
              + " holds an IPv6 address, and the rules of the network are IPv4's; write an IPv4 address or a name");
    }
    if (uri.getHost().matches("[0-9.]+") && Ipv4.of(uri.getHost()).isEmpty()) {
      return Optional.of(quoted + " does not hold an IPv4 address; correct it");
    }
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      return Optional.of(quoted + " has a '?' or '#' part; remove it");
    }
    return Optional.empty();
  }

  private static Optional<String> tail(String text, URI uri, Tail tail) {
    String path = uri.getRawPath();
    if (tail == Tail.NONE && !path.isEmpty()) {
      return Optional.of(
          "%s has the path '%s', which cannot be here; write '%s'"
              .formatted(
                  Problems.quote(text), path, text.substring(0, text.length() - path.length())));
    }
    if (tail == Tail.NO_SLASH_AT_END && path.endsWith("/")) {
      return Optional.of(
          "%s ends with '/', which makes it another issuer; write '%s'"
              .formatted(Problems.quote(text), text.replaceAll("/+$", "")));
    }
    return Optional.empty();
  }
}
