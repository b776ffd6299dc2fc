package org.airflowappliance.bucket;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.airflowappliance.cluster.Cluster;
import org.airflowappliance.plan.Blueprint;
import org.airflowappliance.plan.PolicyNames;
import software.amazon.awssdk.http.SdkHttpMethod;

/** Who may do what in the bucket, at a running MinIO; safe to repeat. */
public final class BucketAccess implements AutoCloseable {
  private static final int GOOD = 200;
  private static final int ATTEMPTS = 5;

  /** Doubled each time: with five attempts 7.5 seconds. */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

  private final Cluster cluster;
  private final AccessPolicies policies;
  private final SignedRequests requests;
  private final MinioAdmin server;
  private final Duration firstPause;

  /** The server that cluster.yaml names, as an administrator sees it. */
  public BucketAccess(Blueprint blueprint, StoreKeys administrator) {
    this(blueprint, administrator, FIRST_PAUSE);
  }

  BucketAccess(Blueprint blueprint, StoreKeys administrator, Duration firstPause) {
    this.firstPause = firstPause;
    this.cluster = blueprint.cluster();
    this.policies = AccessPolicies.of(blueprint);
    this.requests = new SignedRequests(cluster);
    this.server =
        new MinioAdmin(cluster.objectStore().endpoint().toString(), requests, administrator);
  }

  /**
   * Compares what is there with what is wanted, and makes it so.
   *
   * @param keys all that cluster.yaml asks for
   * @param adopt whether wanted users that have other policies lose them
   * @param dryRun whether it is only told
   * @param told gets a line for each policy and user, as soon as it is so
   * @throws BucketProblem with all that stands in the way
   */
  public void apply(ClusterKeys keys, boolean adopt, boolean dryRun, Consumer<String> told) {
    List<WantedUser> users = keys.users(cluster, policies.everyKey().name());
    Map<String, LiveUser> there = server.users();
    LiveAccess live = new LiveAccess(server.policies(), there, fitting(users, there));
    List<AccessChange> changes =
        AccessPlanning.of(new PolicyNames(cluster.name()), policies.all(), users, live, adopt);
    for (AccessChange change : changes) {
      if (!dryRun) {
        change.deeds().forEach(deed -> deed.at(server));
      }
      told.accept(change.line());
    }
  }

  /** MinIO never tells a secret, but whether a signature made with it is right. */
  private Set<String> fitting(List<WantedUser> users, Map<String, LiveUser> there) {
    Set<String> fitting = new HashSet<>();
    for (WantedUser user : users) {
      if (there.containsKey(user.keys().id()) && isFitting(user)) {
        fitting.add(user.keys().id());
      }
    }
    return fitting;
  }

  /** A user whose secret does not fit is made anew, so no answer but a clear one may say so. */
  private boolean isFitting(WantedUser user) {
    SignedRequests.Answer answer = location(user.keys());
    if (answer.status() == GOOD) {
      return true;
    }
    return switch (answer.code()) {
      case "AccessDenied" -> true;
      case "InvalidAccessKeyId", "SignatureDoesNotMatch" -> false;
      case "NoSuchBucket" ->
          throw new BucketProblem(
              "%s: there is no bucket '%s'; create it or correct objectStore.bucket"
                  .formatted(cluster.objectStore().endpoint(), cluster.objectStore().bucket()));
      default ->
          throw new BucketProblem(
              "%s: whether user %s (%s) has the wanted secret is not known, the server said %s; no user was changed; repeat this when it is well, or look into its log"
                  .formatted(
                      cluster.objectStore().endpoint(),
                      user.keys().id(),
                      user.title(),
                      answer.said()));
    };
  }

  /** Where the bucket is, asked again where the answer is one of chance. */
  private SignedRequests.Answer location(StoreKeys keys) {
    String bucket = "/" + cluster.objectStore().bucket();
    for (int attempt = 1; ; attempt++) {
      try {
        SignedRequests.Answer answer =
            requests.send(SdkHttpMethod.GET, bucket, Map.of("location", ""), new byte[0], keys);
        if (attempt == ATTEMPTS || !answer.isByChance()) {
          return answer;
        }
      } catch (BucketProblem unreachable) {
        // it was there a moment ago, when it listed its users
        if (attempt == ATTEMPTS) {
          throw unreachable;
        }
      }
      pause(attempt);
    }
  }

  private void pause(int attempt) {
    try {
      Thread.sleep(firstPause.multipliedBy(1L << (attempt - 1)).toMillis());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new BucketProblem(cluster.objectStore().endpoint() + ": interrupted");
    }
  }

  @Override
  public void close() {
    requests.close();
  }
}
