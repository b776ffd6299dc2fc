package org.airflowappliance.bucket;

import javax.net.ssl.SSLException;
import org.airflowappliance.cluster.Cluster;
import org.airflowappliance.cluster.Trust;
import org.airflowappliance.s3.CheckedHttp;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

/** How the object store is reached, and what is said when it is not. */
final class StoreHttp {
  private StoreHttp() {}

  /** A client that trusts the cluster's CA file, too. */
  static SdkHttpClient of(Cluster cluster) {
    UrlConnectionHttpClient.Builder http = UrlConnectionHttpClient.builder();
    cluster.caFile().ifPresent(ca -> http.tlsTrustManagersProvider(new Trust(ca)::managers));
    return new CheckedHttp(http.build());
  }

  static String explained(Cluster.ObjectStore store, Exception unreachable) {
    for (Throwable cause = unreachable; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException) {
        return store.endpoint()
            + ": no trusted connection ("
            + firstLine(cause)
            + "); name the CA that signed its certificate as caFile, or correct objectStore.endpoint";
      }
    }
    return store.endpoint()
        + ": no answer ("
        + firstLine(unreachable)
        + "); check objectStore.endpoint and that the server runs";
  }

  static String firstLine(Throwable problem) {
    return String.valueOf(problem.getMessage()).lines().findFirst().orElse("");
  }
}
