package org.airflowappliance.it.site;

import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/**
 * A person's sign-in without a browser: authorization code with PKCE, as Airflow asks for it.
 *
 * @param issuer the realm
 * @param redirect where the code goes
 * @param secret the client's
 * @param trust for the realm's certificate
 */
record SignIn(String issuer, String redirect, String secret, SSLContext trust) {
  private static final Pattern CODE = Pattern.compile("[?&]code=([^&]+)");
  private static final Pattern ID_TOKEN = Pattern.compile("\"id_token\" ?: ?\"[^.]+\\.([^.]+)\\.");

  /** The claims of the ID token, as JSON. */
  String claims(String user, String password) {
    SignInSteps browser =
        new SignInSteps(HttpClient.newBuilder().sslContext(trust), redirect, issuer);
    String verifier = UUID.randomUUID() + "-" + UUID.randomUUID();
    Map<String, String> asked =
        Map.of(
            "client_id", "airflow",
            "response_type", "code",
            "scope", "openid email profile",
            "redirect_uri", redirect,
            "code_challenge", challenge(verifier),
            "code_challenge_method", "S256");
    String endpoints = issuer + "/protocol/openid-connect/";
    String answer = browser.enter(endpoints + "auth?" + WebClient.fields(asked), user, password);
    String token =
        browser
            .post(
                endpoints + "token",
                Map.of(
                    "grant_type",
                    "authorization_code",
                    "client_id",
                    "airflow",
                    "client_secret",
                    secret,
                    "redirect_uri",
                    redirect,
                    "code",
                    part(CODE, answer),
                    "code_verifier",
                    verifier))
            .body();
    return new String(Base64.getUrlDecoder().decode(part(ID_TOKEN, token)), StandardCharsets.UTF_8);
  }

  private static String part(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new AssertionError("no " + pattern + " in " + text);
    }
    return matcher.group(1);
  }

  private static String challenge(String verifier) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
