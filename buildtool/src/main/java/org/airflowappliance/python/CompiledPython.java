package org.airflowappliance.python;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.airflowappliance.plan.AirflowLine;
import org.airflowappliance.plan.Derived;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.Workbench;

/**
 * A few Python sources with their bytecode.
 *
 * @param line the Airflow line, whose interpreter compiles them
 * @param sources text by path below the tree
 * @param path where the tree stands on a node
 */
public record CompiledPython(AirflowLine line, Map<String, String> sources, String path)
    implements Derived {
  public CompiledPython {
    sources = Collections.unmodifiableMap(new TreeMap<>(sources));
  }

  @Override
  public String name() {
    return "appliance-python";
  }

  @Override
  public String recipe() {
    Fingerprint all =
        new Fingerprint().add("compiled-python 1", PythonInterpreter.of(line).recipe(), path);
    sources.forEach(all::add);
    return all.hex();
  }

  @Override
  public void make(Path folder, Workbench workbench) throws IOException {
    PythonInterpreter interpreter = PythonInterpreter.of(line);
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Path file = folder.resolve(source.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, source.getValue());
    }
    new Bytecode(interpreter, workbench.derived(interpreter)).compile(folder, path);
  }
}
