package org.airflowappliance.debian;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.airflowappliance.lock.Pin;

/**
 * What an index says of one package.
 *
 * @param pin name, version and where its file is
 * @param depends what it needs, before or while it is configured; each with its alternatives
 * @param provides names that it also answers to
 * @param refuses what may not be installed beside it: Conflicts and Breaks
 */
record BinaryPackage(
    Pin pin, List<List<Relation>> depends, List<Relation> provides, List<Relation> refuses) {
  BinaryPackage {
    depends = List.copyOf(depends);
    provides = List.copyOf(provides);
    refuses = List.copyOf(refuses);
  }

  static BinaryPackage of(Map<String, String> fields) {
    List<List<Relation>> depends = new ArrayList<>(relations(fields, "Pre-Depends"));
    depends.addAll(relations(fields, "Depends"));
    List<Relation> refuses = new ArrayList<>(flat(relations(fields, "Conflicts")));
    refuses.addAll(flat(relations(fields, "Breaks")));
    return new BinaryPackage(
        new Pin(
            fields.get("Package"),
            fields.get("Version"),
            fields.get("Filename"),
            Long.parseLong(fields.get("Size")),
            fields.get("SHA256")),
        depends,
        flat(relations(fields, "Provides")),
        refuses);
  }

  private static List<List<Relation>> relations(Map<String, String> fields, String field) {
    return Relation.parse(fields.getOrDefault(field, ""));
  }

  private static List<Relation> flat(List<List<Relation>> relations) {
    return relations.stream().flatMap(List::stream).toList();
  }

  String name() {
    return pin.name();
  }

  /** Whether it is what {@code relation} asks for, by its own name or as a provider. */
  boolean satisfies(Relation relation) {
    return (relation.name().equals(name()) && relation.holds(pin.version()))
        || provides.stream().anyMatch(relation::meets);
  }

  @Override
  public String toString() {
    return name() + " " + pin.version();
  }
}
