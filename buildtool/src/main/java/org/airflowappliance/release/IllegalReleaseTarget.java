package org.airflowappliance.release;

/** The folder for a release holds something that may not be replaced. */
public final class IllegalReleaseTarget extends RuntimeException {
  /** Says which folder and what to do. */
  public IllegalReleaseTarget(String message) {
    super(message);
  }
}
