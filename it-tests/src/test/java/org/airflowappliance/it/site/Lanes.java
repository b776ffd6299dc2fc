package org.airflowappliance.it.site;

import java.util.concurrent.ForkJoinPool;
import java.util.function.Predicate;
import org.junit.platform.engine.ConfigurationParameters;
import org.junit.platform.engine.support.hierarchical.ParallelExecutionConfiguration;
import org.junit.platform.engine.support.hierarchical.ParallelExecutionConfigurationStrategy;

/**
 * How many test classes share the cluster: with more, a slow machine would be late with everything.
 */
public final class Lanes
    implements ParallelExecutionConfigurationStrategy, ParallelExecutionConfiguration {
  private static final double ALL = 8;
  private static final int LEAST = 2;
  private static final int KEEP_ALIVE_SECONDS = 30;

  @Override
  public ParallelExecutionConfiguration createConfiguration(ConfigurationParameters parameters) {
    return this;
  }

  @Override
  public int getParallelism() {
    return Math.max(LEAST, (int) (ALL / Pace.factor()));
  }

  @Override
  public int getMinimumRunnable() {
    return getParallelism();
  }

  /** Not more threads while one waits: each of them would begin another class. */
  @Override
  public int getMaxPoolSize() {
    return getParallelism();
  }

  @Override
  public Predicate<? super ForkJoinPool> getSaturatePredicate() {
    return pool -> true;
  }

  @Override
  public int getCorePoolSize() {
    return getParallelism();
  }

  @Override
  public int getKeepAliveSeconds() {
    return KEEP_ALIVE_SECONDS;
  }
}
