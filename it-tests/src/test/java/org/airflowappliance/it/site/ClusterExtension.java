package org.airflowappliance.it.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests the one {@link Cluster} of this run, and keeps what is to be read after a failure.
 */
public final class ClusterExtension
    implements ParameterResolver,
        AfterTestExecutionCallback,
        LifecycleMethodExecutionExceptionHandler {
  private static Cluster cluster(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(ExtensionContext.Namespace.create(Cluster.class))
        .getOrComputeIfAbsent(
            Cluster.class,
            key -> {
              try {
                return new Cluster();
              } catch (IOException problem) {
                throw new UncheckedIOException(problem);
              }
            },
            Cluster.class);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Cluster.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return cluster(context);
  }

  @Override
  public void afterTestExecution(ExtensionContext context) throws IOException {
    if (context.getExecutionException().isPresent()) {
      keep(context, context.getDisplayName(), context.getExecutionException().get());
    }
  }

  @Override
  public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable problem)
      throws Throwable {
    keep(context, "before", problem);
    throw problem;
  }

  @Override
  public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable problem)
      throws Throwable {
    keep(context, "before-" + context.getDisplayName(), problem);
    throw problem;
  }

  /** One at a time: it is no small work, and most failures have company. */
  private static synchronized void keep(ExtensionContext context, String test, Throwable problem)
      throws IOException {
    String name = context.getRequiredTestClass().getSimpleName() + "-" + test;
    Path folder = Folders.failures().resolve(name.replaceAll("[^\\w-]+", "_"));
    cluster(context).evidence(folder);
    System.err.println("after the failure of " + name + " read the files in " + folder);
    System.err.println(problem);
  }
}
