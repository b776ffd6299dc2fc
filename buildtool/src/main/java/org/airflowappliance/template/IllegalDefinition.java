package org.airflowappliance.template;

import java.util.function.Supplier;

/**
 * A definition is not as it has to be: the message names the file, what is wrong and what to do.
 */
public final class IllegalDefinition extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** A problem of the file itself. */
  public IllegalDefinition(String message) {
    super(message);
  }

  /** A value in the file of which something else says that it cannot be. */
  public IllegalDefinition(String message, Throwable cause) {
    super(message, cause);
  }

  /** What is made of a file's values; where its own types refuse one, the file is named. */
  public static <T> T unlessRefused(String place, Supplier<T> made) {
    try {
      return made.get();
    } catch (IllegalDefinition named) {
      throw named;
    } catch (IllegalArgumentException wrong) {
      throw new IllegalDefinition(place + ": " + wrong.getMessage() + "; correct it", wrong);
    }
  }
}
