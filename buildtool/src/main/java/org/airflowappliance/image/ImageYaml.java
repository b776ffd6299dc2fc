package org.airflowappliance.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.airflowappliance.file.FileEntry;
import org.airflowappliance.file.FileTree;
import org.airflowappliance.image.ImageSpec.Settings;
import org.airflowappliance.lock.Pin;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.DefinitionYaml;
import org.airflowappliance.plan.Definitions;
import org.airflowappliance.plan.DerivedTree;
import org.airflowappliance.plan.FileDefinition;
import org.airflowappliance.plan.PinRows;
import org.airflowappliance.python.PythonTree;
import org.airflowappliance.template.IllegalDefinition;
import org.airflowappliance.template.Template;

/** Reads {@code images/NAME/image.yaml} and the lock beside it. */
final class ImageYaml {
  /** In a layer's packages: all that no other layer takes by name. */
  private static final String REST = "*";

  private static final String[] IMAGE_KEYS = {
    "title",
    "licenses",
    "suite",
    "packages",
    "without",
    "user",
    "workingDirectory",
    "entrypoint",
    "command",
    "environment",
    "layers",
    "absent"
  };

  private static final String[] LAYER_KEYS = {
    "name", "underBase", "packages", "compile", "prune", "keep", "users", "groups", "files", "trees"
  };

  private static final String[] FILE_KEYS = {"path", "kind", "source", "target", "mode", "owner"};

  private final Blueprint blueprint;
  private final Definitions definitions;
  private final String place;
  private final Map<String, String> holes;
  private final DefinitionYaml yaml;

  ImageYaml(Blueprint blueprint, String place) {
    this.blueprint = blueprint;
    this.definitions = blueprint.definitions();
    this.place = place;
    this.holes = ImageSource.holes(blueprint.line());
    this.yaml = DefinitionYaml.read(definitions, place, holes).only(IMAGE_KEYS);
  }

  /**
   * The image.
   *
   * @throws IllegalDefinition when a file of it is missing, wrong, or does not fit its lock
   */
  ImageSpec read() {
    List<LayerSpec> layers = layers();
    boolean takesBase = layers.stream().anyMatch(LayerSpec::underBase);
    Optional<String> base = takesBase ? blueprint.cluster().images().base() : Optional.empty();
    String tag = blueprint.line().version() + "-" + blueprint.line().serial();
    String name = place.split("/")[1];
    return new ImageSpec(
        name, tag, yaml.text("suite"), base, layers, yaml.texts("absent"), settings(tag, base));
  }

  private Settings settings(String tag, Optional<String> base) {
    Map<String, String> labels = new TreeMap<>();
    labels.put("org.opencontainers.image.title", yaml.text("title"));
    labels.put("org.opencontainers.image.version", tag);
    labels.put("org.opencontainers.image.licenses", yaml.text("licenses"));
    labels.put("org.opencontainers.image.created", blueprint.epoch().toString());
    base.ifPresent(reference -> labels.put(ImageArchive.BASE, reference));
    return new Settings(
        yaml.text("user"),
        yaml.text("workingDirectory"),
        yaml.texts("entrypoint"),
        yaml.texts("command"),
        yaml.map("environment"),
        labels);
  }

  private List<LayerSpec> layers() {
    Map<String, Pin> pins = new TreeMap<>();
    PinRows.read(definitions, ImageSource.lock(place)).forEach(pin -> pins.put(pin.name(), pin));
    for (String wanted : yaml.texts("packages")) {
      if (!pins.containsKey(wanted)) {
        throw new IllegalDefinition(
            place
                + ": package '"
                + wanted
                + "' is not in "
                + ImageSource.lock(place)
                + "; run `appliance lock`");
      }
    }
    List<DefinitionYaml> all = yaml.children("layers");
    Map<String, Pin> rest = new TreeMap<>(pins);
    all.forEach(layer -> rest.keySet().removeAll(layer.texts("packages")));
    List<LayerSpec> layers = all.stream().map(layer -> layer(layer, pins, rest)).toList();
    refuseLost(layers, pins);
    return layers;
  }

  /** A locked package that is in no layer would be fetched for nothing, or was forgotten. */
  private void refuseLost(List<LayerSpec> layers, Map<String, Pin> pins) {
    TreeSet<String> lost = new TreeSet<>(pins.keySet());
    layers.forEach(layer -> layer.packages().forEach(pin -> lost.remove(pin.name())));
    if (!lost.isEmpty()) {
      throw new IllegalDefinition(
          place
              + ": no layer takes "
              + String.join(", ", lost)
              + "; give one the packages [\"*\"]");
    }
  }

  private LayerSpec layer(DefinitionYaml layer, Map<String, Pin> pins, Map<String, Pin> rest) {
    layer.only(LAYER_KEYS);
    return new LayerSpec(
        place,
        layer.text("name"),
        Boolean.parseBoolean(layer.text("underBase", "false")),
        packages(layer, pins, rest),
        layer.texts("compile"),
        new Pruning(layer.texts("prune"), layer.texts("keep")),
        IllegalDefinition.unlessRefused(place, () -> files(layer)),
        layer.children("trees").stream().map(this::tree).toList());
  }

  private List<Pin> packages(DefinitionYaml layer, Map<String, Pin> pins, Map<String, Pin> rest) {
    List<Pin> found = new ArrayList<>();
    for (String name : layer.texts("packages")) {
      if (name.equals(REST)) {
        found.addAll(rest.values());
      } else if (pins.containsKey(name)) {
        found.add(pins.get(name));
      } else {
        throw new IllegalDefinition(
            place
                + ": layer "
                + layer.text("name")
                + ": package '"
                + name
                + "' is not in the lock; add it to `packages` and run `appliance lock`");
      }
    }
    return found;
  }

  private FileTree files(DefinitionYaml layer) {
    List<FileEntry> files = new ArrayList<>(accounts(layer));
    for (DefinitionYaml file : layer.children("files")) {
      file.only(FILE_KEYS);
      files.add(new FileDefinition(file).entry("", () -> source(file.text("source"))));
    }
    return FileTree.of(files);
  }

  /** A source is named from the definitions' root: some files are the packages'. */
  private String source(String path) {
    return new Template(path, definitions.text(path)).fill(holes);
  }

  private static List<FileEntry> accounts(DefinitionYaml layer) {
    List<Account.User> users =
        layer.children("users").stream()
            .map(user -> user.only("name", "uid", "gid", "home", "shell"))
            .map(
                user ->
                    new Account.User(
                        user.text("name"),
                        Integer.parseInt(user.text("uid")),
                        Integer.parseInt(user.text("gid")),
                        user.text("home"),
                        user.text("shell")))
            .toList();
    List<Account.Group> groups =
        layer.children("groups").stream()
            .map(group -> group.only("name", "gid"))
            .map(
                group -> new Account.Group(group.text("name"), Integer.parseInt(group.text("gid"))))
            .toList();
    return Account.files(users, groups);
  }

  private DerivedTree tree(DefinitionYaml tree) {
    tree.only("tree", "prefix");
    return new DerivedTree(PythonTree.named(tree, blueprint), tree.text("prefix"));
  }
}
