package org.airflowappliance.cluster;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An IPv4 address or netmask.
 *
 * @param bits its 32 bits, as an unsigned number
 */
record Ipv4(long bits) {
  private static final Pattern FORM =
      Pattern.compile(
          "(0|[1-9]\\d{0,2})\\.(0|[1-9]\\d{0,2})\\.(0|[1-9]\\d{0,2})\\.(0|[1-9]\\d{0,2})");
  private static final long ALL = 0xFFFF_FFFFL;

  /** Four numbers without leading zeros, since some programs read those as octal. */
  static Optional<Ipv4> of(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    long bits = 0;
    for (int group = 1; group <= 4; group++) {
      int octet = Integer.parseInt(form.group(group));
      if (octet > 255) {
        return Optional.empty();
      }
      bits = bits << 8 | octet;
    }
    return Optional.of(new Ipv4(bits));
  }

  /** The netmask of a prefix length. */
  static Ipv4 mask(int length) {
    return new Ipv4(length == 0 ? 0 : ALL << (32 - length) & ALL);
  }

  /** Whether the ones of a netmask stand before its zeros. */
  boolean isMask() {
    long zeros = ~bits & ALL;
    return (zeros & (zeros + 1)) == 0;
  }

  /** Number of ones. */
  int length() {
    return Long.bitCount(bits);
  }

  Ipv4 network(Ipv4 mask) {
    return new Ipv4(bits & mask.bits);
  }

  Ipv4 broadcast(Ipv4 mask) {
    return new Ipv4((bits | ~mask.bits) & ALL);
  }

  /** Whether a machine can have it: not 0.x, loopback, multicast or reserved. */
  boolean isHost() {
    long first = bits >> 24;
    return first != 0 && first != 127 && first < 224;
  }

  @Override
  public String toString() {
    return (bits >> 24) + "." + (bits >> 16 & 255) + "." + (bits >> 8 & 255) + "." + (bits & 255);
  }
}
