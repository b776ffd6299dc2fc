package org.airflowappliance.rpm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.airflowappliance.file.Content;
import org.airflowappliance.file.FileEntry;
import org.airflowappliance.file.FileTree;
import org.airflowappliance.file.Owner;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Derived;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Workbench;

/**
 * A package of the release: what is known when planning, and what joins it when it is written.
 *
 * @param spec the package with the files of its definitions
 * @param carried artifacts of the release that are files of the package
 * @param trees derived folders that join the payload
 */
record PackagePlan(RpmSpec spec, List<Carried> carried, List<Tree> trees) implements Artifact {
  /** A derived folder and where its files stand on the node, owned by root. */
  record Tree(Derived derived, String prefix) {}

  /** An earlier artifact and how it stands on the node. */
  record Carried(ReleasePath artifact, String path, Owner owner, int mode) {}

  PackagePlan {
    carried = List.copyOf(carried);
    trees = List.copyOf(trees);
  }

  @Override
  public ReleasePath path() {
    return new ReleasePath("rpm/" + spec.fileName());
  }

  @Override
  public String kind() {
    return "rpm";
  }

  @Override
  public List<ReleasePath> inputs() {
    return carried.stream().map(Carried::artifact).toList();
  }

  @Override
  public boolean signed() {
    return true;
  }

  @Override
  public String recipe() {
    Fingerprint all = new Fingerprint();
    all.add(
        spec.fileName(),
        spec.summary(),
        spec.description(),
        spec.license(),
        spec.url(),
        spec.vendor());
    all.add(spec.group(), spec.changelog(), spec.provides(), spec.requires(), spec.conflicts());
    all.add(new TreeMap<>(spec.scripts()), new TreeMap<>(spec.flags())).add(spec.files());
    all.add(carried);
    trees.forEach(tree -> all.add(tree.prefix(), tree.derived().recipe()));
    return all.hex();
  }

  @Override
  public void write(Path target, Workbench workbench) throws IOException {
    FileTree files = spec.files().plus(FileTree.of(carriedFiles(workbench)));
    for (Tree tree : trees) {
      files =
          files.plus(FileTree.scan(workbench.derived(tree.derived()), tree.prefix(), Owner.ROOT));
    }
    RpmPackage.write(
        spec.withFiles(files),
        workbench.epoch(),
        workbench.signer(),
        target,
        (bytes, total) -> workbench.progress("writing " + path(), bytes, total));
  }

  private List<FileEntry> carriedFiles(Workbench workbench) {
    return carried.stream()
        .map(
            file ->
                (FileEntry)
                    new FileEntry.Regular(
                        file.path(),
                        file.owner(),
                        file.mode(),
                        Content.of(workbench.built(file.artifact()))))
        .toList();
  }
}
