package org.airflowappliance.plan;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** One file of a release. */
public interface Artifact {
  /** Where the file stands in the release. */
  ReleasePath path();

  /**
   * What kind of file it is, as {@code release.json} names it: {@code rpm}, {@code repodata},
   * {@code index}, …
   */
  String kind();

  /** Artifacts that have to be written before this one. */
  List<ReleasePath> inputs();

  /**
   * Digest of all that decides the bytes, except the content of {@link #inputs()}, the epoch and
   * the signer, which are added by the {@link Plan}'s writer. Cheap: it must not need what {@link
   * #write} needs.
   */
  String recipe();

  /** Whether {@link #write} uses {@link Workbench#signer()}. */
  default boolean signed() {
    return false;
  }

  /** Writes the file to {@code target}, which does not exist yet. */
  void write(Path target, Workbench workbench) throws IOException;
}
