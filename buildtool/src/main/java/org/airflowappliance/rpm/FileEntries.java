package org.airflowappliance.rpm;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/** The header's entries about files: one value a file in each, in the same order. */
final class FileEntries {
  private static final int SHA256 = 8;

  private final List<PackagedFile> files;

  private FileEntries(List<PackagedFile> files) {
    this.files = files;
  }

  /** Entries of the given files; none for a package without files. */
  static List<Entry> of(List<PackagedFile> files, List<String> digests, int time) {
    return files.isEmpty() ? List.of() : new FileEntries(files).entries(digests, time);
  }

  private List<Entry> entries(List<String> digests, int time) {
    List<Entry> entries = new ArrayList<>(names());
    entries.add(numbers(RpmTag.FILE_SIZES, file -> (int) file.size()));
    entries.add(Entry.int16s(RpmTag.FILE_MODES, modes()));
    entries.add(Entry.int16s(RpmTag.FILE_RDEVS, new short[files.size()]));
    entries.add(numbers(RpmTag.FILE_TIMES, file -> time));
    entries.add(Entry.texts(RpmTag.FILE_DIGESTS, digests));
    entries.add(Entry.int32(RpmTag.FILE_DIGEST_ALGORITHM, SHA256));
    entries.add(texts(RpmTag.FILE_LINKS, PackagedFile::link));
    entries.add(numbers(RpmTag.FILE_FLAGS, PackagedFile::flags));
    entries.add(texts(RpmTag.FILE_USERS, file -> file.entry().owner().user()));
    entries.add(texts(RpmTag.FILE_GROUPS, file -> file.entry().owner().group()));
    // All bits: `rpm -V` looks at everything that it can look at.
    entries.add(numbers(RpmTag.FILE_VERIFY_FLAGS, file -> -1));
    entries.add(numbers(RpmTag.FILE_DEVICES, file -> 1));
    entries.add(Entry.int32s(RpmTag.FILE_INODES, IntStream.rangeClosed(1, files.size()).toArray()));
    entries.add(texts(RpmTag.FILE_LANGUAGES, file -> ""));
    return entries;
  }

  private List<Entry> names() {
    TreeSet<String> folders = new TreeSet<>();
    files.forEach(file -> folders.add(file.folder()));
    Map<String, Integer> numbers = new HashMap<>();
    folders.forEach(folder -> numbers.put(folder, numbers.size()));
    return List.of(
        texts(RpmTag.BASE_NAMES, PackagedFile::baseName),
        numbers(RpmTag.DIR_INDEXES, file -> numbers.get(file.folder())),
        Entry.texts(RpmTag.DIR_NAMES, folders));
  }

  private short[] modes() {
    short[] modes = new short[files.size()];
    for (int index = 0; index < modes.length; index++) {
      modes[index] = (short) files.get(index).modeWithType();
    }
    return modes;
  }

  private Entry texts(int tag, Function<PackagedFile, String> value) {
    return Entry.texts(tag, files.stream().map(value).toList());
  }

  private Entry numbers(int tag, ToIntFunction<PackagedFile> value) {
    return Entry.int32s(tag, files.stream().mapToInt(value).toArray());
  }
}
