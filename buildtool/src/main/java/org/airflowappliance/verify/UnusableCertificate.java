package org.airflowappliance.verify;

/** A public key that nothing can be verified with; the message names its file and what to do. */
public final class UnusableCertificate extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnusableCertificate(String message) {
    super(message);
  }
}
