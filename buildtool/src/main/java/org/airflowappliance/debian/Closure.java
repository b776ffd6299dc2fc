package org.airflowappliance.debian;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.airflowappliance.lock.Pin;
import org.airflowappliance.lock.StoreProblem;

/**
 * Finds all that some packages need. It never guesses: of alternatives it takes one that is there
 * already, else the first that the suite has, as apt does; where several packages provide a name
 * that is no package, it asks for a decision.
 */
public final class Closure {
  private final PackageIndex index;
  private final Set<String> without;
  private final Map<String, BinaryPackage> chosen = new LinkedHashMap<>();
  private final Deque<BinaryPackage> open = new ArrayDeque<>();

  private Closure(PackageIndex index, Set<String> without) {
    this.index = index;
    this.without = Set.copyOf(without);
  }

  /**
   * The packages {@code roots} and all that they need, sorted by name; recommendations are not
   * followed.
   *
   * @param without names that count as installed, in any version
   * @throws StoreProblem when a package is missing, ambiguous, or two refuse each other
   */
  public static List<Pin> of(PackageIndex index, List<String> roots, Set<String> without) {
    Closure closure = new Closure(index, without);
    for (String root : roots) {
      closure.take(closure.root(root));
    }
    while (!closure.open.isEmpty()) {
      BinaryPackage next = closure.open.remove();
      next.depends().forEach(alternatives -> closure.satisfy(next, alternatives));
    }
    closure.refuseConflicts();
    return closure.chosen.values().stream()
        .map(BinaryPackage::pin)
        .sorted(Comparator.comparing(Pin::name))
        .toList();
  }

  private BinaryPackage root(String name) {
    List<BinaryPackage> found = index.candidates(new Relation(name, "", ""));
    if (found.size() == 1) {
      return found.get(0);
    }
    throw new StoreProblem(
        index.name()
            + ": has "
            + (found.isEmpty() ? "no package " + name : name + " only as one of " + names(found))
            + "; correct the name in the definitions");
  }

  private void take(BinaryPackage found) {
    if (chosen.putIfAbsent(found.name(), found) == null) {
      open.add(found);
    }
  }

  private void satisfy(BinaryPackage by, List<Relation> alternatives) {
    for (Relation each : alternatives) {
      if (without.contains(each.name())
          || chosen.values().stream().anyMatch(there -> there.satisfies(each))) {
        return;
      }
    }
    for (Relation each : alternatives) {
      List<BinaryPackage> found = index.candidates(each);
      if (found.size() > 1) {
        throw new StoreProblem(
            by
                + ": needs "
                + each
                + ", which "
                + names(found)
                + " provide; add one of them to the packages in the definitions");
      }
      if (found.size() == 1) {
        take(found.get(0));
        return;
      }
    }
    throw new StoreProblem(
        by
            + ": needs "
            + alternatives.stream().map(Relation::toString).collect(Collectors.joining(" | "))
            + ", but "
            + index.name()
            + " has "
            + alternatives.stream()
                .map(each -> index.known(each.name()))
                .collect(Collectors.joining(", "))
            + "; choose another suite or another package in the definitions");
  }

  private void refuseConflicts() {
    for (BinaryPackage one : chosen.values()) {
      for (Relation refused : one.refuses()) {
        for (BinaryPackage other : chosen.values()) {
          if (other != one && other.satisfies(refused)) {
            throw new StoreProblem(
                one
                    + ": cannot stand beside "
                    + other
                    + " (refuses "
                    + refused
                    + "); choose other packages in the definitions");
          }
        }
      }
    }
  }

  private static String names(Collection<BinaryPackage> packages) {
    return packages.stream().map(BinaryPackage::name).collect(Collectors.joining(", "));
  }
}
