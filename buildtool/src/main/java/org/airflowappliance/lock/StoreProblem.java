package org.airflowappliance.lock;

/** Something could not be had: the message says what, where it was looked for, and what to do. */
public final class StoreProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A problem that has no further cause. */
  public StoreProblem(String message) {
    super(message);
  }

  /** A problem with its cause. */
  public StoreProblem(String message, Throwable cause) {
    super(message, cause);
  }
}
