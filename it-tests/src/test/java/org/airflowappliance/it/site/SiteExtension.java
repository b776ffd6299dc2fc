package org.airflowappliance.it.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests the one {@link NodeSite} of this run and shows its journals when a test fails. */
public class SiteExtension implements ParameterResolver, AfterTestExecutionCallback {
  /** One that ends with its class, for tests that are long and need nothing of the others. */
  public static final class OfClass extends SiteExtension {
    @Override
    ExtensionContext scope(ExtensionContext context) {
      return context.getTestMethod().flatMap(method -> context.getParent()).orElse(context);
    }

    @Override
    Path folder(ExtensionContext context) {
      return super.folder(context).resolve(context.getRequiredTestClass().getSimpleName());
    }
  }

  /** For how long there is one. */
  ExtensionContext scope(ExtensionContext context) {
    return context.getRoot();
  }

  Path folder(ExtensionContext context) {
    return Folders.target();
  }

  private NodeSite site(ExtensionContext context) {
    return scope(context)
        // with a name of its own: a class is given what the root has under the same one
        .getStore(ExtensionContext.Namespace.create(NodeSite.class, folder(context)))
        .getOrComputeIfAbsent(
            NodeSite.class,
            key -> {
              try {
                return NodeSite.start(folder(context));
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
