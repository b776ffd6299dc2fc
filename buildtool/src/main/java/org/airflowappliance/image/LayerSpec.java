package org.airflowappliance.image;

import java.util.List;
import org.airflowappliance.file.FileTree;
import org.airflowappliance.lock.Pin;
import org.airflowappliance.plan.DerivedTree;
import org.airflowappliance.plan.Fingerprint;

/**
 * What a layer holds: packages without what is pruned, files over them, derived trees beside them.
 *
 * @param place where it is defined, for errors
 * @param name short name, shown in the image's history
 * @param underBase whether {@code images.base} of cluster.yaml stands in its place
 * @param packages locked packages
 * @param compile folders of packages that get bytecode
 * @param pruning what of the packages is left out
 * @param files its own files, which win over the packages'
 * @param trees derived folders
 */
record LayerSpec(
    String place,
    String name,
    boolean underBase,
    List<Pin> packages,
    List<String> compile,
    Pruning pruning,
    FileTree files,
    List<DerivedTree> trees) {
  LayerSpec {
    packages = List.copyOf(packages);
    compile = List.copyOf(compile);
    trees = List.copyOf(trees);
  }

  Fingerprint addTo(Fingerprint all) {
    all.add(name).add(compile, pruning.prune(), pruning.keep()).add(files);
    packages.forEach(pin -> all.add(pin.sha256()));
    trees.forEach(tree -> all.add(tree.prefix(), tree.derived().recipe()));
    return all;
  }
}
