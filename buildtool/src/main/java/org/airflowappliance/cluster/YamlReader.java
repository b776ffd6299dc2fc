package org.airflowappliance.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Reads one YAML 1.2 document event by event, so that depth, aliases and size are bounded before
 * anything is built from them.
 */
final class YamlReader {
  private static final int DEPTH = 32;
  private static final int NODES = 20_000;

  private final Problems problems;
  private final Parser parser;
  private final YamlScalars scalars;
  private final Map<String, Place> values = new HashMap<>();
  private final Map<String, Place> keys = new HashMap<>();
  private final Map<String, String> sources = new HashMap<>();
  private final Map<Anchor, JsonNode> anchors = new HashMap<>();
  private final Map<Anchor, Integer> sizes = new HashMap<>();
  private int nodes;

  private YamlReader(String text, Problems problems) {
    this.problems = problems;
    LoadSettings settings = LoadSettings.builder().setCodePointLimit(YamlText.LIMIT).build();
    this.parser = new ParserImpl(settings, new StreamReader(settings, text));
    this.scalars = new YamlScalars(problems);
  }

  /**
   * The one document of a text.
   *
   * @throws InvalidCluster when the text is not YAML; other problems are only noted
   */
  static Document read(String text, Problems problems) {
    try {
      return new YamlReader(text, problems).document();
    } catch (MarkedYamlEngineException broken) {
      throw problems.fatal(
          place(broken.getProblemMark().or(broken::getContextMark)), "broken YAML: " + why(broken));
    } catch (ReaderException unprintable) {
      String before = text.substring(0, text.offsetByCodePoints(0, unprintable.getPosition()));
      throw problems.fatal(
          new Place(1 + (int) before.chars().filter(c -> c == '\n').count(), 0),
          "the character U+%04X may not stand in YAML; remove it"
              .formatted(unprintable.getCodePoint()));
    } catch (YamlEngineException broken) {
      throw problems.fatal(Place.FILE, "broken YAML: " + broken.getMessage());
    }
  }

  private static String why(MarkedYamlEngineException broken) {
    String context = broken.getContext() == null ? "" : broken.getContext() + ", ";
    return context
        + String.valueOf(broken.getProblem()).strip()
        + "; look at this line and the one above it";
  }

  private Document document() {
    parser.next(); // the stream's start
    if (parser.checkEvent(Event.ID.StreamEnd)) {
      throw problems.fatal(
          Place.FILE, "holds no document; `appliance init FILE` writes an example");
    }
    parser.next(); // the document's start
    JsonNode root = node(parser.next(), Spot.ROOT);
    parser.next(); // the document's end
    if (!parser.checkEvent(Event.ID.StreamEnd)) {
      throw problems.fatal(
          place(parser.peekEvent().getStartMark()),
          "a second document begins here; one file describes one cluster, so remove it");
    }
    return new Document(root, values, keys, sources, scalars.bad());
  }

  private JsonNode node(Event event, Spot spot) {
    Place place = place(event.getStartMark());
    values.put(spot.pointer(), place);
    count(1, place);
    if (spot.depth() > DEPTH) {
      throw problems.fatal(
          place, "blocks lie more than %d deep; no cluster.yaml needs that".formatted(DEPTH));
    }
    if (event instanceof AliasEvent alias) {
      return resolved(alias, place);
    }
    int before = nodes;
    JsonNode node = content(event, spot, place);
    ((NodeEvent) event)
        .getAnchor()
        .ifPresent(
            anchor -> {
              anchors.put(anchor, node);
              sizes.put(anchor, nodes - before + 1);
            });
    return node;
  }

  private JsonNode content(Event event, Spot spot, Place place) {
    if (event instanceof ScalarEvent scalar) {
      tag(scalar.getTag(), "(str|int|float|bool|null)", place);
      sources.put(spot.pointer(), scalar.getValue());
      return scalars.value(scalar, place, spot);
    }
    tag(((CollectionStartEvent) event).getTag(), "(map|seq)", place);
    return event instanceof MappingStartEvent ? mapping(spot) : sequence(spot);
  }

  private void tag(Optional<String> tag, String known, Place place) {
    if (tag.isPresent() && !tag.get().matches("!|" + Pattern.quote(Tag.PREFIX) + known)) {
      throw problems.fatal(
          place, "the tag %s is not used here; remove it".formatted(Problems.quote(tag.get())));
    }
  }

  private JsonNode resolved(AliasEvent alias, Place place) {
    JsonNode node = anchors.get(alias.getAlias());
    if (node == null) {
      throw problems.fatal(
          place,
          "the alias *%s has no anchor &%s that ended before it; write the value out"
              .formatted(alias.getAlias(), alias.getAlias()));
    }
    count(sizes.get(alias.getAlias()), place);
    return node;
  }

  private JsonNode sequence(Spot spot) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    while (!parser.checkEvent(Event.ID.SequenceEnd)) {
      list.add(node(parser.next(), spot.item(list.size())));
    }
    parser.next();
    return list;
  }

  private JsonNode mapping(Spot spot) {
    ObjectNode block = JsonNodeFactory.instance.objectNode();
    while (!parser.checkEvent(Event.ID.MappingEnd)) {
      Event event = parser.next();
      Place place = place(event.getStartMark());
      if (!(event instanceof ScalarEvent key)) {
        throw problems.fatal(place, "this key is not a plain word; write `key: value`");
      }
      Spot child = spot.child(key.getValue());
      Place first = keys.putIfAbsent(child.pointer(), place);
      if (first == null) {
        block.set(key.getValue(), node(parser.next(), child));
      } else {
        problems.add(
            place,
            child.shown(),
            "this key stands in line %d already; keep one of them".formatted(first.line()));
        node(parser.next(), new Spot("/again/" + nodes, child.shown(), child.depth()));
      }
    }
    parser.next();
    return block;
  }

  private void count(int more, Place place) {
    nodes += more;
    if (nodes > NODES) {
      throw problems.fatal(
          place,
          "the file has more than %d values once its aliases are written out; use fewer aliases"
              .formatted(NODES));
    }
  }

  private static Place place(Optional<Mark> mark) {
    return mark.map(at -> new Place(at.getLine() + 1, at.getColumn() + 1)).orElse(Place.FILE);
  }
}
