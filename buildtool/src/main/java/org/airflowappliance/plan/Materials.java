package org.airflowappliance.plan;

import java.util.List;
import java.util.Optional;
import org.airflowappliance.lock.Pin;

/**
 * What others made and an artifact carries, as the locks name it.
 *
 * @param name of the artifact itself
 * @param version of the artifact itself; empty where it has none
 * @param debian what of Debian is in it
 * @param trees derived folders in it, of which some hold Python packages
 * @param base an image of the operator's below it, by digest; what that holds nobody here knows
 */
public record Materials(
    String name,
    String version,
    Optional<Debian> debian,
    List<DerivedTree> trees,
    Optional<String> base) {
  /**
   * Packages of Debian that files come from.
   *
   * @param packages as they are locked
   * @param suite the release that they are from, such as bullseye
   * @param texts where their copyright files stand, with * for a package's name
   */
  public record Debian(List<Pin> packages, String suite, String texts) {
    public Debian {
      packages = List.copyOf(packages);
    }
  }

  /** An artifact that carries what others made. */
  public interface Composed extends Artifact {
    /** All of it. */
    Materials materials();
  }

  public Materials {
    trees = List.copyOf(trees);
  }

  /** Adds all that decides it. */
  public Fingerprint addTo(Fingerprint all) {
    all.add(name, version, debian, base);
    trees.forEach(tree -> all.add(tree.prefix(), tree.derived().recipe()));
    return all;
  }
}
