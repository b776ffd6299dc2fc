package org.airflowappliance.debian;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * File names in ASCII, other characters as percent signs with digits: a Java in the locale C has no
 * other names on disk, and packages have some.
 */
final class AsciiName {
  private AsciiName() {}

  static String encoded(String name) {
    StringBuilder ascii = new StringBuilder();
    for (byte each : name.getBytes(StandardCharsets.UTF_8)) {
      if (each < 0 || each == '%') {
        ascii.append(String.format("%%%02X", each & 0xff));
      } else {
        ascii.append((char) each);
      }
    }
    return ascii.toString();
  }

  static String decoded(String name) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int at = 0; at < name.length(); at++) {
      if (name.charAt(at) == '%') {
        bytes.write(Integer.parseInt(name.substring(at + 1, at + 3), 16));
        at += 2;
      } else {
        bytes.write(name.charAt(at));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
