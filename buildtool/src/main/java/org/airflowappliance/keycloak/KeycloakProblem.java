package org.airflowappliance.keycloak;

import java.util.List;

/** Something at Keycloak that the operator can mend; one or more lines. */
public final class KeycloakProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  KeycloakProblem(List<String> lines) {
    super(String.join(System.lineSeparator(), lines));
  }

  KeycloakProblem(String line) {
    this(List.of(line));
  }
}
