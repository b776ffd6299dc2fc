package org.airflowappliance.release;

/** The signing key that was given cannot be used; the message says why and what to give. */
public final class IllegalKey extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says which file and what is wrong with it. */
  public IllegalKey(String message) {
    super(message);
  }
}
