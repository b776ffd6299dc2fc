package org.airflowappliance.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.airflowappliance.lock.StoreProblem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstalledTreeTest {
  @TempDir Path folder;

  private void file(String path, String text) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @BeforeEach
  void install() throws IOException {
    file(".lock", "");
    file("bin/a", "#!/home/me/python");
    file("a/__init__.py", "");
    file("a/__pycache__/__init__.cpython-39.pyc", "");
    file("a/direct_url.json", "the package's own");
    file("a/one,two.txt", "");
    file("a-1.dist-info/direct_url.json", "{}");
    file("a-1.dist-info/uv_build.json", "{}");
    file(
        "a-1.dist-info/RECORD",
        """
        bin/a,sha256=depends-on-the-folder,17
        ../../bin/b,sha256=x,1
        a/one.py,,
        "a/one,two.txt",sha256=y,0
        a-1.dist-info/RECORD,,
        a/__init__.py,sha256=z,0
        a-1.dist-info/direct_url.json,sha256=w,2
        """);
  }

  @Test
  void keepsOnlyWhatIsTheSameEverywhere() throws IOException {
    new InstalledTree(folder).clean();
    try (Stream<Path> walk = Files.walk(folder)) {
      assertThat(
              walk.filter(Files::isRegularFile)
                  .map(file -> folder.relativize(file).toString())
                  .sorted())
          .containsExactly(
              "a-1.dist-info/RECORD", "a/__init__.py", "a/direct_url.json", "a/one,two.txt");
    }
    assertThat(folder.resolve("a-1.dist-info/RECORD"))
        .hasContent(
            """
            "a/one,two.txt",sha256=y,0
            a-1.dist-info/RECORD,,
            a/__init__.py,sha256=z,0
            """);
  }

  @Test
  void refusesTwoPackagesThatInstallDifferentFilesAtOnePath() throws IOException {
    file("b-2.dist-info/RECORD", "a/__init__.py,sha256=other,1\n");
    assertThatThrownBy(() -> new InstalledTree(folder).clean())
        .isInstanceOf(StoreProblem.class)
        .hasMessageContaining("b-2.dist-info/RECORD: installs a/__init__.py")
        .hasMessageContaining("sha256=z")
        .hasMessageContaining("sha256=other");
  }

  @Test
  void takesTwoPackagesWithTheSameFile() throws IOException {
    file("b-2.dist-info/RECORD", "a/__init__.py,sha256=z,0\n");
    new InstalledTree(folder).clean();
    assertThat(folder.resolve("b-2.dist-info/RECORD")).hasContent("a/__init__.py,sha256=z,0\n");
  }
}
