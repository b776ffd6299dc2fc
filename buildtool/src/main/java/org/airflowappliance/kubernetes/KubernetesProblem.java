package org.airflowappliance.kubernetes;

/** Something at the Kubernetes cluster that the operator can mend; one line. */
public final class KubernetesProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  KubernetesProblem(String message) {
    super(message);
  }
}
