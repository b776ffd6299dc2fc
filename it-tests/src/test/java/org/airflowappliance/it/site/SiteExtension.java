package org.airflowappliance.it.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests the one {@link Site} of this run and shows its journals when a test fails. */
public final class SiteExtension implements ParameterResolver, AfterTestExecutionCallback {
  private static Site site(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(ExtensionContext.Namespace.create(Site.class))
        .getOrComputeIfAbsent(
            Site.class,
            key -> {
              try {
                return new Site();
              } catch (IOException problem) {
                throw new UncheckedIOException(problem);
              }
            },
            Site.class);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Site.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return site(context);
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    context
        .getExecutionException()
        .ifPresent(
            problem -> {
              System.err.println("after the failure of " + context.getDisplayName() + ":");
              System.err.println(site(context).diagnosis());
            });
  }
}
