package org.airflowappliance.manifest;

import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.CoreScalarResolver;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Decides which texts need quotes: all that any reader, also one of YAML 1.1 such as Airflow's and
 * the API server's, could take for a number, a date or a truth value.
 */
final class EveryReadersSchema extends CoreSchema {
  private static final Tag DOUBTFUL = new Tag("tag:yaml.org,2002:doubtful");
  private static final Pattern WORDS =
      Pattern.compile("(?i)y|n|yes|no|on|off|true|false|null|nan|~|=|<<");
  private static final Pattern NUMBERS = Pattern.compile("[-+.0-9][-+.:_0-9a-fA-FxXoOTZ]*");

  @Override
  public ScalarResolver getScalarResolver() {
    return new Resolver();
  }

  private static final class Resolver extends CoreScalarResolver {
    Resolver() {
      super(true);
    }

    @Override
    public Tag resolve(String value, Boolean implicit) {
      Tag tag = super.resolve(value, implicit);
      boolean doubtful = WORDS.matcher(value).matches() || NUMBERS.matcher(value).matches();
      return implicit && tag.equals(Tag.STR) && doubtful ? DOUBTFUL : tag;
    }
  }
}
