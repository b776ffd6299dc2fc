package org.airflowappliance.it.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/** Percent-encoding as S3's signature wants it. */
final class Percent {
  private Percent() {}

  /** All but the unreserved characters; slashes stay where it is a path. */
  static String encoded(String text, boolean path) {
    StringBuilder encoded = new StringBuilder();
    for (byte each : text.getBytes(UTF_8)) {
      char character = (char) (each & 0xff);
      if (Character.toString(character).matches("[A-Za-z0-9_.~-]") || path && character == '/') {
        encoded.append(character);
      } else {
        encoded.append("%%%02X".formatted(each & 0xff));
      }
    }
    return encoded.toString();
  }

  static String decoded(String text) {
    ByteArrayOutputStream decoded = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '%') {
        decoded.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        decoded.write(text.charAt(i));
      }
    }
    return decoded.toString(UTF_8);
  }
}
