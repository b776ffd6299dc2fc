package org.airflowappliance.release;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.airflowappliance.plan.Artifact;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.Fingerprint;
import org.airflowappliance.plan.ReleasePath;
import org.airflowappliance.plan.Section;
import org.airflowappliance.plan.Workbench;

/** Plans {@code release.json}: every file of the release by kind, size, digest and inputs. */
public final class ReleaseIndex implements Section {
  /** Name of the file, by which a folder is known to be a release. */
  public static final String NAME = "release.json";

  @Override
  public String name() {
    return "index";
  }

  @Override
  public List<Artifact> plan(Blueprint blueprint, List<Artifact> earlier) {
    return List.of(new Index(blueprint, earlier));
  }

  private record Index(Blueprint blueprint, List<Artifact> earlier) implements Artifact {
    @Override
    public ReleasePath path() {
      return new ReleasePath(NAME);
    }

    @Override
    public String kind() {
      return "index";
    }

    @Override
    public List<ReleasePath> inputs() {
      return earlier.stream().map(Artifact::path).toList();
    }

    @Override
    public String recipe() {
      Fingerprint all = new Fingerprint().add(head());
      earlier.forEach(each -> all.add(each.path(), each.kind(), each.inputs()));
      return all.hex();
    }

    @Override
    public boolean signed() {
      return true;
    }

    private Map<String, Object> head() {
      Map<String, Object> head = new LinkedHashMap<>();
      head.put("cluster", blueprint.cluster().name());
      head.put("release", blueprint.cluster().release());
      head.put("airflow", blueprint.line().version());
      head.put("lockSerial", blueprint.line().serial());
      head.put("epoch", blueprint.epoch().toString());
      return head;
    }

    @Override
    public void write(Path target, Workbench workbench) throws IOException {
      Map<String, Object> index = head();
      index.put("signingKey", Map.of("fingerprint", workbench.signer().fingerprint()));
      List<Object> files = new ArrayList<>();
      for (Artifact artifact : earlier) {
        files.add(file(artifact, workbench));
      }
      index.put("files", files);
      String text = new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(index);
      Files.writeString(target, text.replace("\r\n", "\n") + "\n");
    }

    private static Map<String, Object> file(Artifact artifact, Workbench workbench)
        throws IOException {
      Map<String, Object> file = new LinkedHashMap<>();
      file.put("path", artifact.path().value());
      file.put("kind", artifact.kind());
      file.put("size", Files.size(workbench.built(artifact.path())));
      file.put("sha256", workbench.sha256(artifact.path()));
      file.put("inputs", artifact.inputs().stream().map(ReleasePath::value).toList());
      return file;
    }
  }
}
