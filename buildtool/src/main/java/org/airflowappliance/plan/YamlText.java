package org.airflowappliance.plan;

import org.airflowappliance.template.IllegalDefinition;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** The YAML of a definition. */
public final class YamlText {
  private YamlText() {}

  /**
   * What a text holds.
   *
   * @param place where it stands, for errors
   * @throws IllegalDefinition when it is not YAML
   */
  public static Object read(String place, String text) {
    try {
      LoadSettings settings = LoadSettings.builder().setLabel(place).build();
      return new Load(settings).loadFromString(text);
    } catch (YamlEngineException broken) {
      throw new IllegalDefinition(
          place + ": is not YAML; correct it: " + broken.getMessage().strip(), broken);
    }
  }
}
