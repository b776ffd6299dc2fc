package org.airflowappliance.it.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests the one {@link NodeSite} of this run and shows its journals when a test fails. */
public final class SiteExtension implements ParameterResolver, AfterTestExecutionCallback {
  private static NodeSite site(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(ExtensionContext.Namespace.create(NodeSite.class))
        .getOrComputeIfAbsent(
            NodeSite.class,
            key -> {
              try {
                return NodeSite.start();
              } catch (IOException problem) {
                throw new UncheckedIOException(problem);
              }
            },
            NodeSite.class);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == Site.class || type == KubernetesDouble.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    NodeSite found = site(context);
    return parameter.getParameter().getType() == Site.class ? found.site() : found.kubernetes();
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    context
        .getExecutionException()
        .ifPresent(
            problem -> {
              System.err.println("after the failure of " + context.getDisplayName() + ":");
              System.err.println(site(context).site().diagnosis());
            });
  }
}
