package org.airflowappliance.bucket;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.airflowappliance.cluster.Cluster.CaFile;
import software.amazon.awssdk.http.TlsTrustManagersProvider;

/** Java's own CAs and those of one PEM file together. */
record Trust(CaFile ca) implements TlsTrustManagersProvider {
  @Override
  public TrustManager[] trustManagers() {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (Certificate each : all()) {
        store.setCertificateEntry("ca-" + store.size(), each);
      }
      return managers(store);
    } catch (GeneralSecurityException | IOException problem) {
      throw new BucketProblem(
          ca.path() + ": cannot be used as a CA file (" + problem.getMessage() + "); replace it");
    }
  }

  private List<Certificate> all() throws GeneralSecurityException {
    List<Certificate> all = new ArrayList<>();
    for (TrustManager manager : managers(null)) {
      if (manager instanceof X509TrustManager usual) {
        all.addAll(List.of(usual.getAcceptedIssuers()));
      }
    }
    byte[] pem = ca.pem().getBytes(StandardCharsets.US_ASCII);
    all.addAll(
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(pem)));
    return all;
  }

  /** Managers that trust what is in {@code store}, Java's own CAs when it is null. */
  private static TrustManager[] managers(KeyStore store) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }
}
