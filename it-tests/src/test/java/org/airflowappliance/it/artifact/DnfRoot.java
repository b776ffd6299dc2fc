package org.airflowappliance.it.artifact;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.airflowappliance.it.site.Program;

/**
 * A bare root folder into which the real dnf installs; scriptlets do not run, since there is no
 * shell in it.
 *
 * @param folder holds the root, dnf's cache and its .repo file
 */
record DnfRoot(Path folder) {
  private static final Duration LIMIT = Duration.ofMinutes(10);

  /** A root with the users of a node and a stub for all that comes from EL8 itself. */
  static DnfRoot create(Path folder, Path stub) throws IOException {
    DnfRoot root = bare(folder);
    root.rpm("--nosignature", "-i", stub.toString());
    return root;
  }

  /** A root with the users of a node and nothing else. */
  static DnfRoot bare(Path folder) throws IOException {
    DnfRoot root = new DnfRoot(folder);
    Path etc = Files.createDirectories(root.path().resolve("etc"));
    Files.writeString(
        etc.resolve("passwd"), "root:x:0:0::/:/bin/sh\nairflow:x:50000:100::/:/bin/sh\n");
    Files.writeString(etc.resolve("group"), "root:x:0:\nusers:x:100:\nairflow:x:50000:\n");
    Files.createDirectories(folder.resolve("repos.d"));
    return root;
  }

  Path path() {
    return folder.resolve("root");
  }

  /** Takes a release's own .repo file, pointed at a folder of this machine. */
  DnfRoot withRepository(String repoFile, Path repository) throws IOException {
    String url = "file://" + repository;
    Files.writeString(
        folder.resolve("repos.d/airflow.repo"),
        repoFile
            .replaceAll("(?m)^mirrorlist=.*$", "baseurl=" + url)
            .replaceAll("(?m)^gpgkey=.*/", "gpgkey=" + url + "/"));
    return this;
  }

  /** Uses a repository as its .repo file says. */
  void withRepository(String repoFile) throws IOException {
    Files.writeString(folder.resolve("repos.d/airflow.repo"), repoFile);
  }

  /** Runs dnf and leaves the judgement of its exit code to the caller. */
  Program dnf(String... arguments) throws IOException {
    return dnf(List.of(), arguments);
  }

  /** The same by a program that runs others. */
  Program dnf(List<String> before, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(before);
    command.addAll(
        List.of(
            "dnf",
            "-y",
            "--installroot=" + path(),
            "--releasever=8",
            "--setopt=reposdir=" + folder.resolve("repos.d"),
            "--setopt=cachedir=" + folder.resolve("cache"),
            "--setopt=tsflags=noscripts",
            "--setopt=module_platform_id=platform:el8",
            "--setopt=plugins=0"));
    command.addAll(List.of(arguments));
    return Program.attempt(LIMIT, new ProcessBuilder(command));
  }

  /** Runs rpm on the root; any exit code but 0 fails. */
  String rpm(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("rpm", "--root", path().toString()));
    command.addAll(List.of(arguments));
    return Program.run(LIMIT, command.toArray(String[]::new)).out();
  }
}
