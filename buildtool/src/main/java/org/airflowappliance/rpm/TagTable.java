package org.airflowappliance.rpm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * The entries of one header of a package, as they stand in its file.
 *
 * <p>Written without the RPM library, so that what the library writes is seen by other eyes.
 */
public final class TagTable {
  private static final int MAGIC = 0x8eade801;
  private static final int LIMIT = 256 << 20;

  private record Slot(int type, int offset, int count) {}

  private final TreeMap<Integer, Slot> slots = new TreeMap<>();
  private final ByteBuffer data;
  private final int length;

  private TagTable(ByteBuffer data, int length) {
    this.data = data;
    this.length = length;
  }

  /** Reads the header that begins at {@code start} of the file's first bytes. */
  static TagTable read(ByteReader file, String place, long start) throws IOException {
    ByteBuffer intro = file.read(start, 16);
    int magic = intro.getInt();
    intro.getInt();
    int count = intro.getInt();
    int size = intro.getInt();
    if (magic != MAGIC || count < 0 || count > 65536 || size < 0 || size > LIMIT) {
      throw new IOException(place + ": no RPM header at byte " + start + "; build it again");
    }
    ByteBuffer index = file.read(start + 16, 16 * count);
    ByteBuffer data = file.read(start + 16 + 16L * count, size);
    TagTable table = new TagTable(data, 16 + 16 * count + size);
    for (int entry = 0; entry < count; entry++) {
      int tag = index.getInt();
      Slot slot = new Slot(index.getInt(), index.getInt(), index.getInt());
      boolean outside = slot.offset() < 0 || slot.offset() > size;
      // every element takes a byte at least
      boolean tooMany = slot.count() < 0 || slot.count() > size - slot.offset();
      if (outside || tooMany || table.slots.put(tag, slot) != null) {
        throw new IOException(place + ": the RPM header's entry " + tag + " is wrong");
      }
    }
    return table;
  }

  /** Reads a part of a file. */
  interface ByteReader {
    ByteBuffer read(long start, int length) throws IOException;
  }

  /** Bytes that the header takes in the file, without padding. */
  int length() {
    return length;
  }

  /** All tags, sorted. */
  public Set<Integer> tags() {
    return Set.copyOf(slots.keySet());
  }

  /** Whether there is such an entry. */
  public boolean has(int tag) {
    return slots.containsKey(tag);
  }

  /** The entry's text, or its first one; empty when there is no such entry. */
  public String text(int tag) {
    List<String> texts = texts(tag);
    return texts.isEmpty() ? "" : texts.get(0);
  }

  /** All texts of the entry; none when there is no such entry. */
  public List<String> texts(int tag) {
    Slot slot = slots.get(tag);
    if (slot == null) {
      return List.of();
    }
    List<String> texts = new ArrayList<>(slot.count());
    int start = slot.offset();
    for (int number = 0; number < slot.count(); number++) {
      int end = start;
      while (data.get(end) != 0) {
        end++;
      }
      texts.add(new String(data.array(), start, end - start, StandardCharsets.UTF_8));
      start = end + 1;
    }
    return texts;
  }

  /** The entry's number, or its first one; 0 when there is no such entry. */
  public long number(int tag) {
    long[] numbers = numbers(tag);
    return numbers.length == 0 ? 0 : numbers[0];
  }

  /** All numbers of the entry, without sign; none when there is no such entry. */
  public long[] numbers(int tag) {
    Slot slot = slots.get(tag);
    if (slot == null) {
      return new long[0];
    }
    long[] numbers = new long[slot.count()];
    for (int at = 0; at < numbers.length; at++) {
      numbers[at] =
          switch (slot.type()) {
            case Entry.INT16 -> data.getShort(slot.offset() + 2 * at) & 0xffff;
            case Entry.INT32 -> Integer.toUnsignedLong(data.getInt(slot.offset() + 4 * at));
            case Entry.INT64 -> data.getLong(slot.offset() + 8 * at);
            default -> throw new IllegalArgumentException("header entry " + tag + " is no number");
          };
    }
    return numbers;
  }

  /** The entry's bytes; none when there is no such entry. */
  public byte[] bytes(int tag) {
    Slot slot = slots.get(tag);
    if (slot == null) {
      return new byte[0];
    }
    byte[] bytes = new byte[slot.count()];
    data.get(slot.offset(), bytes);
    return bytes;
  }
}
