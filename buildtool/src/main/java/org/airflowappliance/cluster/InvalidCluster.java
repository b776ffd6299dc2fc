package org.airflowappliance.cluster;

import java.util.List;
import java.util.stream.Collectors;

/** All problems of a file of the operator's, in the order in which they stand there. */
public final class InvalidCluster extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<Problem> problems;

  /** Sorts the problems by their position. */
  public InvalidCluster(List<Problem> problems) {
    super(problems.stream().sorted().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = problems.stream().sorted().toList();
  }

  /** At least one, by position. */
  public List<Problem> problems() {
    return problems;
  }
}
