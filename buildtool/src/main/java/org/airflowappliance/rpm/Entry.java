package org.airflowappliance.rpm;

import java.util.Collection;
import java.util.List;

/**
 * One entry of a header: its tag, rpm's number of its type, and an array of that type.
 *
 * @param tag one of {@link RpmTag}
 * @param type rpm's number of the type
 * @param values an array: {@code short[]}, {@code int[]}, {@code String[]} or {@code byte[]}
 */
record Entry(int tag, int type, Object values) {
  static final int INT16 = 3;
  static final int INT32 = 4;
  static final int INT64 = 5;
  static final int TEXT = 6;
  static final int BYTES = 7;
  static final int TEXTS = 8;
  static final int TRANSLATED = 9;

  static Entry int16s(int tag, short[] values) {
    return new Entry(tag, INT16, values);
  }

  static Entry int32(int tag, long value) {
    return new Entry(tag, INT32, new int[] {unsigned(tag, value)});
  }

  static Entry int32s(int tag, int[] values) {
    return new Entry(tag, INT32, values);
  }

  static Entry text(int tag, String value) {
    return new Entry(tag, TEXT, new String[] {clean(tag, value)});
  }

  static Entry texts(int tag, Collection<String> values) {
    List<String> checked = values.stream().map(value -> clean(tag, value)).toList();
    return new Entry(tag, TEXTS, checked.toArray(String[]::new));
  }

  /** A text in the only language of the header's table. */
  static Entry translated(int tag, String value) {
    return new Entry(tag, TRANSLATED, new String[] {clean(tag, value)});
  }

  static Entry bytes(int tag, byte[] value) {
    return new Entry(tag, BYTES, value);
  }

  /** The header keeps numbers in 32 bits without sign. */
  static int unsigned(int tag, long value) {
    if (value < 0 || value > 0xffffffffL) {
      throw new IllegalArgumentException(
          "header entry "
              + tag
              + ": "
              + value
              + " does not fit in 32 bits; make the package smaller");
    }
    return (int) value;
  }

  private static String clean(int tag, String value) {
    if (value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "header entry " + tag + ": '" + value.replace("\0", "\\0") + "' holds a NUL; remove it");
    }
    return value;
  }
}
