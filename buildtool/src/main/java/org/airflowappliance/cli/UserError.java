package org.airflowappliance.cli;

import java.util.List;

/** Something that the user can mend: printed without a stack trace, exit code 1. */
public final class UserError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** One or more lines, each {@code place: what is wrong; what to do}. */
  public UserError(List<String> lines) {
    super(String.join(System.lineSeparator(), lines));
  }

  /** One line. */
  public UserError(String line) {
    this(List.of(line));
  }
}
