package org.airflowappliance.it.node;

import java.util.Optional;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** For tests that are the steps of one story: after a failed step the next ones fail at once. */
final class InOrder implements BeforeTestExecutionCallback, AfterTestExecutionCallback {
  private static final String FAILED = "failed";

  @Override
  public void beforeTestExecution(ExtensionContext context) {
    Optional.ofNullable(store(context).get(FAILED, String.class))
        .ifPresent(
            step -> {
              throw new AssertionError("not tried, since the step before it failed: " + step);
            });
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    if (context.getExecutionException().isPresent()) {
      store(context).getOrComputeIfAbsent(FAILED, key -> context.getDisplayName());
    }
  }

  private static ExtensionContext.Store store(ExtensionContext context) {
    return context
        .getParent()
        .orElseThrow()
        .getStore(ExtensionContext.Namespace.create(InOrder.class));
  }
}
