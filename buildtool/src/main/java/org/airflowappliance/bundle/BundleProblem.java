package org.airflowappliance.bundle;

import java.util.List;

/** Something keeps a bundle from being made; each line says what and what to do. */
public final class BundleProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BundleProblem(List<String> lines) {
    super(String.join(System.lineSeparator(), lines));
  }
}
