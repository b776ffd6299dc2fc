package org.airflowappliance.it.site;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * What a server needs for TLS.
 *
 * @param signed its certificate
 * @param secret the certificate's key
 */
public record ServerKey(Certificate signed, Key secret) {
  private static final int LINE = 64;
  private static final char[] NONE = new char[0];

  /** The certificate as PEM. */
  public String certificate() {
    try {
      return pem("CERTIFICATE", signed.getEncoded());
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The key as PEM. */
  public String key() {
    return pem("PRIVATE KEY", secret.getEncoded());
  }

  /** The certificate's number, by which one is known from another. */
  public String number() {
    return ((X509Certificate) signed).getSerialNumber().toString();
  }

  static String pem(String what, byte[] bytes) {
    byte[] end = "\n".getBytes(StandardCharsets.US_ASCII);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(what, Base64.getMimeEncoder(LINE, end).encodeToString(bytes), what);
  }

  /** For a server of the tests' own. */
  SSLContext context() throws IOException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("server", secret, NONE, new Certificate[] {signed});
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(store, NONE);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException problem) {
      throw new IOException(problem);
    }
  }
}
