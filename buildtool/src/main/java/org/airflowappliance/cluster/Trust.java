package org.airflowappliance.cluster;

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

/** Java's own CAs and those of one PEM file together. */
public record Trust(CaFile ca) {
  /** What a TLS client of this machine asks whether to believe a server. */
  public TrustManager[] managers() {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (Certificate each : all()) {
        store.setCertificateEntry("ca-" + store.size(), each);
      }
      return managers(store);
    } catch (GeneralSecurityException | IOException problem) {
      throw new IllegalStateException(ca.path() + " was read without a problem before", problem);
    }
  }

  private List<Certificate> all() throws GeneralSecurityException {
    List<Certificate> all = new ArrayList<>();
    for (TrustManager manager : managers(null)) {
      if (manager instanceof X509TrustManager usual) {
        all.addAll(List.of(usual.getAcceptedIssuers()));
      }
    }
    byte[] pem = ca.pem().getBytes(StandardCharsets.ISO_8859_1);
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
