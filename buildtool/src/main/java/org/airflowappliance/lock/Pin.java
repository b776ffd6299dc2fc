package org.airflowappliance.lock;

/**
 * One file that a lock names: what was supplied, and the digest by which it is known.
 *
 * @param name name of the package
 * @param version its version
 * @param location path below the mirror that serves it
 * @param size in bytes
 * @param sha256 digest in lower-case hexadecimal digits
 */
public record Pin(String name, String version, String location, long size, String sha256) {
  public Pin {
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          name + ": '" + sha256 + "' is not a SHA-256; run `appliance lock`");
    }
  }
}
