package org.airflowappliance.bucket;

/** The bucket cannot be used; the message says where, why and what to do. */
public final class BucketProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** One line. */
  public BucketProblem(String message) {
    super(message);
  }
}
