package org.airflowappliance.image;

import java.util.ArrayList;
import java.util.List;
import org.airflowappliance.file.Content;
import org.airflowappliance.file.FileEntry;
import org.airflowappliance.file.FileEntry.Regular;
import org.airflowappliance.file.Owner;

/** Users and groups of an image, in the form of passwd(5) and group(5). */
final class Account {
  private Account() {}

  /** A user; nobody has a password. */
  record User(String name, int uid, int gid, String home, String shell) {}

  /** A group without further members. */
  record Group(String name, int gid) {}

  /** The two files; none for a layer without accounts. */
  static List<FileEntry> files(List<User> users, List<Group> groups) {
    List<FileEntry> files = new ArrayList<>();
    if (!users.isEmpty()) {
      StringBuilder passwd = new StringBuilder();
      users.forEach(
          user ->
              line(
                  passwd,
                  user.name(),
                  "x",
                  user.uid(),
                  user.gid(),
                  user.name(),
                  user.home(),
                  user.shell()));
      files.add(new Regular("/etc/passwd", Owner.ROOT, 0644, Content.of(passwd.toString())));
    }
    if (!groups.isEmpty()) {
      StringBuilder group = new StringBuilder();
      groups.forEach(each -> line(group, each.name(), "x", each.gid(), ""));
      files.add(new Regular("/etc/group", Owner.ROOT, 0644, Content.of(group.toString())));
    }
    return files;
  }

  private static void line(StringBuilder text, Object... fields) {
    text.append(String.join(":", List.of(fields).stream().map(Object::toString).toList()));
    text.append('\n');
  }
}
