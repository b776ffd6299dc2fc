package org.airflowappliance.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** Gives scalars the type that the core schema of YAML 1.2 gives them. */
final class YamlScalars {
  /** Longer numbers are nobody's setting, and costly to convert. */
  private static final int DIGITS = 40;

  /** The longest SSH key has 2,800 characters; the schema's patterns recurse on longer texts. */
  private static final int LENGTH = 4096;

  private final JsonNodeFactory json = JsonNodeFactory.instance;
  private final ScalarResolver core = new CoreSchema().getScalarResolver();
  private final Problems problems;
  private final Set<String> bad = new HashSet<>();

  YamlScalars(Problems problems) {
    this.problems = problems;
  }

  /** JSON pointers of the scalars that were found bad so far. */
  Set<String> bad() {
    return bad;
  }

  JsonNode value(ScalarEvent event, Place place, Spot spot) {
    String text = event.getValue();
    Tag tag = tag(event);
    if (tag.equals(Tag.STR) || tag.equals(Tag.MERGE)) {
      return plainText(text, place, spot);
    }
    if (tag.equals(Tag.NULL)) {
      return json.nullNode();
    }
    if (tag.equals(Tag.BOOL)) {
      return json.booleanNode(text.equalsIgnoreCase("true"));
    }
    Optional<JsonNode> number = number(text);
    if (number.isEmpty()) {
      bad.add(spot.pointer());
      problems.add(
          place,
          spot.shown(),
          "%s is not a number that can be used here; write it in plain digits"
              .formatted(Problems.quote(text)));
    }
    return number.orElse(json.numberNode(0));
  }

  private JsonNode plainText(String text, Place place, Spot spot) {
    if (text.length() > LENGTH) {
      bad.add(spot.pointer());
      problems.add(
          place,
          spot.shown(),
          "%s has %d characters, at most %d make sense; shorten it"
              .formatted(Problems.quote(text), text.length(), LENGTH));
      return json.textNode("");
    }
    if (text.codePoints().anyMatch(Character::isISOControl)) {
      bad.add(spot.pointer());
      problems.add(
          place,
          spot.shown(),
          "%s holds a line break or control character; write one line of plain text"
              .formatted(Problems.quote(text)));
    }
    return json.textNode(text);
  }

  private Tag tag(ScalarEvent event) {
    String said = event.getTag().orElse("!");
    boolean plain = event.isPlain() && event.getTag().isEmpty();
    return said.equals("!") ? core.resolve(event.getValue(), plain) : new Tag(said);
  }

  private Optional<JsonNode> number(String text) {
    String digits = text.startsWith("+") ? text.substring(1) : text;
    if (digits.length() > DIGITS || !digits.matches("-?[0-9.]+([eE][+-]?[0-9]{1,2})?|0[ox].*")) {
      return Optional.empty();
    }
    if (digits.startsWith("0o")) {
      return Optional.of(whole(new BigInteger(digits.substring(2), 8)));
    }
    if (digits.startsWith("0x")) {
      return Optional.of(whole(new BigInteger(digits.substring(2), 16)));
    }
    return Optional.of(
        digits.matches("-?[0-9]+")
            ? whole(new BigInteger(digits))
            : json.numberNode(new BigDecimal(digits)));
  }

  private JsonNode whole(BigInteger value) {
    return value.bitLength() < 32 ? json.numberNode(value.intValue()) : json.numberNode(value);
  }
}
