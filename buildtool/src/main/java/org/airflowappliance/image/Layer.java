package org.airflowappliance.image;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.airflowappliance.debian.DebianRoot;
import org.airflowappliance.file.Content;
import org.airflowappliance.file.Deletion;
import org.airflowappliance.file.FileEntry;
import org.airflowappliance.file.FileTree;
import org.airflowappliance.file.Owner;
import org.airflowappliance.file.ParallelGzip;
import org.airflowappliance.file.Tally;
import org.airflowappliance.lock.Pin;
import org.airflowappliance.plan.AirflowLine;
import org.airflowappliance.plan.Derived;
import org.airflowappliance.plan.DerivedTree;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.Workbench;
import org.airflowappliance.python.Bytecode;
import org.airflowappliance.python.PythonInterpreter;

/**
 * One layer of an image, kept compressed: a change of another layer does not make it again.
 *
 * @param spec what it holds
 * @param line the Airflow line, whose interpreter compiles its bytecode
 * @param absent patterns of paths that it may not hold
 * @param epoch the time of its files
 */
record Layer(LayerSpec spec, AirflowLine line, List<String> absent, Instant epoch)
    implements Derived {
  private static final String ARCHIVE = "layer.tar.gz";
  private static final String DIFF_ID = "diff-id";

  Layer {
    absent = List.copyOf(absent);
  }

  @Override
  public String name() {
    return "layer-" + spec.name();
  }

  @Override
  public String recipe() {
    Fingerprint all = new Fingerprint().add("layer 2", epoch, ParallelGzip.LEVEL, absent);
    if (!spec.compile().isEmpty()) {
      all.add(PythonInterpreter.of(line).recipe());
    }
    return spec.addTo(all).hex();
  }

  @Override
  public void make(Path folder, Workbench workbench) throws IOException {
    Path root = Files.createDirectory(folder.resolve("root"));
    FileTree tree = tree(root, workbench);
    refuseAbsent(tree);
    workbench.progress("compressing layer " + spec.name(), 0, 0);
    write(tree, folder);
    Deletion.of(root);
  }

  private FileTree tree(Path root, Workbench workbench) throws IOException {
    List<Path> packages = new ArrayList<>();
    for (Pin pin : spec.packages()) {
      packages.add(workbench.pinned(pin));
    }
    DebianRoot debian = DebianRoot.unpack(packages, root);
    compile(root, workbench);
    FileTree tree = spec.pruning().of(debian.tree()).under(spec.files().entries());
    for (DerivedTree each : spec.trees()) {
      Path derived = workbench.derived(each.derived());
      tree = tree.plus(FileTree.scan(derived, each.prefix(), Owner.ROOT));
    }
    return tree.withParents(Owner.ROOT, 0755);
  }

  private void compile(Path root, Workbench workbench) throws IOException {
    for (String path : spec.compile()) {
      PythonInterpreter interpreter = PythonInterpreter.of(line);
      Bytecode bytecode = new Bytecode(interpreter, workbench.derived(interpreter));
      bytecode.compile(root.resolve(path.substring(1)), path);
    }
  }

  private void refuseAbsent(FileTree tree) {
    Predicate<String> unwanted = PathPatterns.any(absent);
    List<String> found =
        tree.entries().stream().map(FileEntry::path).filter(unwanted).limit(5).toList();
    if (!found.isEmpty()) {
      throw new IllegalArgumentException(
          spec.place()
              + ": layer "
              + spec.name()
              + " holds "
              + String.join(", ", found)
              + ", which `absent` forbids; prune it or take its package out");
    }
  }

  private void write(FileTree tree, Path folder) throws IOException {
    int cores = Runtime.getRuntime().availableProcessors();
    try (OutputStream file =
            new BufferedOutputStream(Files.newOutputStream(folder.resolve(ARCHIVE)));
        ParallelGzip gzip = new ParallelGzip(file, cores);
        Tally plain = new Tally(gzip)) {
      LayerTar.write(tree, epoch, plain);
      gzip.finish();
      Files.writeString(folder.resolve(DIFF_ID), "sha256:" + plain.hex());
    }
  }

  /** The layer as an image's archive takes it. */
  DockerArchive.Layer made(Workbench workbench) throws IOException {
    Path folder = workbench.derived(this);
    return new DockerArchive.Layer(
        Files.readString(folder.resolve(DIFF_ID)),
        Content.of(folder.resolve(ARCHIVE)),
        spec.name());
  }
}
