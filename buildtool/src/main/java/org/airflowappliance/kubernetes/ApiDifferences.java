package org.airflowappliance.kubernetes;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.airflowappliance.cluster.Cluster;

/** Where cluster.yaml says something else of the API server than the operator's kubeconfig. */
public final class ApiDifferences {
  private ApiDifferences() {}

  /**
   * One line each; none when the nodes reach the same API server with the same trust.
   *
   * @param site the CAs of every server that names none of its own
   */
  public static List<String> of(
      Cluster.Kubernetes expected, Optional<Cluster.CaFile> site, SchedulerToken found) {
    List<String> differences = new ArrayList<>();
    if (!same(expected.api(), URI.create(found.api()))) {
      differences.add(
          "kubernetes.api: '%s' in cluster.yaml, but this kubeconfig uses '%s'; correct one, unless both are the same server"
              .formatted(expected.api(), found.api()));
    }
    Set<Certificate> own = certificates(found.ca());
    if (own.isEmpty()) {
      return differences;
    }
    if (expected.ca().isEmpty() && site.filter(file -> holds(file, own)).isPresent()) {
      return differences;
    }
    if (expected.ca().isEmpty()) {
      differences.add(
          "kubernetes.ca: not in cluster.yaml, but the API server has a CA of its own; save the secret's ca.crt beside cluster.yaml and name it there, or add it to caFile, or the nodes will not trust the server");
    } else if (!holds(expected.ca().get(), own)) {
      differences.add(
          "kubernetes.ca: '%s' is another CA than the API server's own; replace it by the secret's ca.crt, unless the nodes reach the server through something with a certificate of its own"
              .formatted(expected.ca().get().path()));
    }
    return differences;
  }

  private static boolean holds(Cluster.CaFile file, Set<Certificate> all) {
    return certificates(file.pem()).containsAll(all);
  }

  private static boolean same(URI one, URI other) {
    return one.getScheme().equals(other.getScheme())
        && one.getHost().equals(other.getHost())
        && port(one) == port(other);
  }

  private static int port(URI address) {
    int usual = address.getScheme().equals("https") ? 443 : 80;
    return address.getPort() < 0 ? usual : address.getPort();
  }

  private static Set<Certificate> certificates(String pem) {
    try {
      byte[] bytes = pem.getBytes(StandardCharsets.ISO_8859_1);
      return Set.copyOf(
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(bytes)));
    } catch (CertificateException broken) {
      throw new KubernetesProblem("the API server's CA cannot be read: " + broken.getMessage());
    }
  }
}
