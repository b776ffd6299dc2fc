package org.airflowappliance.it.site;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
  private static final Pattern FORM = Pattern.compile("action=\"([^\"]+)\"");
  private static final Pattern CODE = Pattern.compile("[?&]code=([^&]+)");
  private static final Pattern ID_TOKEN = Pattern.compile("\"id_token\" ?: ?\"[^.]+\\.([^.]+)\\.");

  /** The claims of the ID token, as JSON. */
  String claims(String user, String password) throws IOException, InterruptedException {
    HttpClient browser =
        HttpClient.newBuilder().sslContext(trust).cookieHandler(new CookieManager()).build();
    String verifier = UUID.randomUUID() + "-" + UUID.randomUUID();
    Map<String, String> asked =
        Map.of(
            "client_id", "airflow",
            "response_type", "code",
            "scope", "openid email profile",
            "redirect_uri", redirect,
            "code_challenge", challenge(verifier),
            "code_challenge_method", "S256");
    String page = get(browser, issuer + "/protocol/openid-connect/auth?" + form(asked));
    String action = part(FORM, page).replace("&amp;", "&");
    HttpResponse<String> entered =
        post(browser, action, Map.of("username", user, "password", password));
    String location =
        entered.headers().firstValue("Location").orElseThrow(() -> new IOException(entered.body()));
    String token =
        post(
                browser,
                issuer + "/protocol/openid-connect/token",
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
                    part(CODE, location),
                    "code_verifier",
                    verifier))
            .body();
    return new String(Base64.getUrlDecoder().decode(part(ID_TOKEN, token)), StandardCharsets.UTF_8);
  }

  private static String get(HttpClient browser, String uri)
      throws IOException, InterruptedException {
    return browser
        .send(HttpRequest.newBuilder(URI.create(uri)).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static HttpResponse<String> post(
      HttpClient browser, String uri, Map<String, String> values)
      throws IOException, InterruptedException {
    return browser.send(
        HttpRequest.newBuilder(URI.create(uri))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form(values)))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static String form(Map<String, String> values) {
    return values.entrySet().stream()
        .map(
            each ->
                each.getKey() + "=" + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
  }

  private static String part(Pattern pattern, String text) throws IOException {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IOException("no " + pattern + " in " + text);
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
