package org.airflowappliance.bucket;

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

  private final Cluster cluster;
  private final AccessPolicies policies;
  private final SignedRequests requests;
  private final MinioAdmin server;

  /** The server that cluster.yaml names, as an administrator sees it. */
  public BucketAccess(Blueprint blueprint, StoreKeys administrator) {
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
    String bucket = "/" + cluster.objectStore().bucket();
    for (WantedUser user : users) {
      if (there.containsKey(user.keys().id())) {
        SignedRequests.Answer answer =
            requests.send(
                SdkHttpMethod.GET, bucket, Map.of("location", ""), new byte[0], user.keys());
        if (answer.status() == GOOD || answer.code().equals("AccessDenied")) {
          fitting.add(user.keys().id());
        }
      }
    }
    return fitting;
  }

  @Override
  public void close() {
    requests.close();
  }
}
