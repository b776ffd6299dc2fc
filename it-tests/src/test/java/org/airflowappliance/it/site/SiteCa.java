package org.airflowappliance.it.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** The private CA of one site, made with the JDK's keytool: nobody else believes what it signs. */
public final class SiteCa {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String PASSWORD = "changeit";
  private static final String CA = "ca";
  private static final String SERVER = "server";
  private static final String ROOT =
      "-dname;CN=CA of the tests' site;-ext;bc:critical=ca:true;-ext;ku:critical=keyCertSign;";
  private static final String MONTHS = "-validity;60";

  private final Path folder;
  private final KeyStore trusted;

  /**
   * A fresh CA.
   *
   * @param folder where its keys are, for this run
   */
  SiteCa(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    Files.deleteIfExists(store(CA));
    keytool(store(CA), CA, (ROOT + MONTHS).split(";"));
    try {
      trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry(CA, open(CA).getCertificate(CA));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private Path store(String name) {
    return folder.resolve(name + ".p12");
  }

  private KeyStore open(String name) throws IOException, GeneralSecurityException {
    return KeyStore.getInstance(store(name).toFile(), PASSWORD.toCharArray());
  }

  private static void keytool(Path store, String alias, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    // each is a short run, in which the thorough compiler costs more than it gains
    command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
    command.addAll(List.of("-genkeypair", "-alias", alias, "-keyalg", "EC"));
    command.addAll(List.of("-groupname", "secp256r1", "-storetype", "PKCS12"));
    command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
    command.addAll(List.of(options));
    Program.run(LIMIT, command.toArray(String[]::new));
  }

  /** Certificate and key of a server that is reached by an IP address. */
  public ServerKey issue(String name, String address) throws IOException {
    return issue(name, address, MONTHS);
  }

  /** The same, but its time is over since yesterday. */
  public ServerKey issueExpired(String name, String address) throws IOException {
    return issue(name, address, "-startdate;-2d;-validity;1");
  }

  private ServerKey issue(String name, String address, String time) throws IOException {
    // a store of its own, so that several can be made at a time
    Files.copy(store(CA), store(name), StandardCopyOption.REPLACE_EXISTING);
    // libpq 14 looks for an address in the common name only
    String options = "-signer;ca;-dname;CN=%s,O=%s;-ext;san=ip:%s;-ext;eku=serverAuth;%s";
    keytool(store(name), SERVER, options.formatted(address, name, address, time).split(";"));
    try {
      KeyStore made = open(name);
      return new ServerKey(
          made.getCertificate(SERVER), made.getKey(SERVER, PASSWORD.toCharArray()));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Its certificate as PEM, for those who shall believe it. */
  public String pem() {
    try {
      return ServerKey.pem("CERTIFICATE", trusted.getCertificate(CA).getEncoded());
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** For clients of this site: what it signed is believed, and nothing else. */
  public SSLContext trust() {
    return context(trustManagers());
  }

  /**
   * The same for clients that ask one webserver behind the balancer, for whose name its certificate
   * is.
   */
  SSLContext trustUnderAnyName() {
    return context(new AnyName((X509TrustManager) trustManagers()[0]));
  }

  private static SSLContext context(TrustManager... managers) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers, null);
      return context;
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The same for clients that make their own context. */
  TrustManager[] trustManagers() {
    try {
      TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
      managers.init(trusted);
      return managers.getTrustManagers();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
