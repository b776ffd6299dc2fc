package org.airflowappliance.rpm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.airflowappliance.file.Content;
import org.airflowappliance.file.FileEntry;
import org.airflowappliance.file.FileTree;
import org.airflowappliance.file.Owner;
import org.airflowappliance.plan.DerivedTree;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.Materials;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Workbench;
import org.airflowappliance.python.Distribution;

/**
 * A package of the release: what is known when planning, and what joins it when it is written.
 *
 * @param spec the package with the files of its definitions
 * @param carried artifacts of the release that are files of the package
 * @param trees derived folders that join the payload
 */
record PackagePlan(RpmSpec spec, List<Carried> carried, List<DerivedTree> trees)
    implements Materials.Composed {
  private static final String LICENCES = "/usr/share/licenses/";

  /** An earlier artifact and how it stands on the node. */
  record Carried(ReleasePath artifact, String path, Owner owner, int mode) {}

  PackagePlan {
    carried = List.copyOf(carried);
    trees = List.copyOf(trees);
  }

  @Override
  public Materials materials() {
    return new Materials(
        spec.name(),
        spec.version() + "-" + spec.release(),
        Optional.empty(),
        trees,
        Optional.empty());
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
    Map<String, RpmSpec.FileFlag> flags = new TreeMap<>(spec.flags());
    for (DerivedTree tree : trees) {
      FileTree more = FileTree.scan(workbench.derived(tree.derived()), tree.prefix(), Owner.ROOT);
      more.entries().stream()
          .filter(entry -> entry instanceof FileEntry.Regular && isLicence(entry.path()))
          .forEach(entry -> flags.put(entry.path(), RpmSpec.FileFlag.LICENSE));
      files = files.plus(more);
    }
    RpmPackage.write(
        spec.withFiles(files, flags),
        workbench.epoch(),
        workbench.signer(),
        target,
        (bytes, total) -> workbench.progress("writing " + path(), bytes, total));
  }

  private static boolean isLicence(String path) {
    return path.startsWith(LICENCES) || Distribution.isLicence(path);
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
