package org.airflowappliance.cluster;

/** A secrets file cannot be read: the message says why and what to do, never what stands in it. */
public final class UnreadableSecrets extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnreadableSecrets(String message) {
    super(message);
  }
}
