package org.airflowappliance.publish;

import java.util.List;

/** Something keeps a release from being published; each line says what and what to do. */
public final class PublishProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PublishProblem(String message) {
    super(message);
  }

  PublishProblem(String message, Throwable cause) {
    super(message, cause);
  }

  /** Several at once, a line each. */
  public PublishProblem(List<String> lines) {
    super(String.join(System.lineSeparator(), lines));
  }
}
