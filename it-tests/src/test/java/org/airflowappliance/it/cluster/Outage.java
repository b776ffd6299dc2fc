package org.airflowappliance.it.cluster;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import org.airflowappliance.it.site.Cluster;
import org.airflowappliance.it.site.SignInSteps;

/**
 * Asks for the start page again and again as somebody who has signed in, each time by a new
 * connection, and keeps the longest time without one.
 */
final class Outage implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final String USER = "ada";
  private static final int ANSWER = 3_000;

  private final Cluster cluster;
  private final URI page;
  private final SSLSocketFactory trust;
  private final Thread thread = new Thread(this::ask, "outage");
  private String session;
  private volatile int answered;
  private volatile int failed;
  private volatile boolean closed;
  private volatile long good;
  private volatile Duration longest = Duration.ZERO;

  Outage(Cluster cluster) {
    this.cluster = cluster;
    page = URI.create(cluster.balancer().url() + "/home");
    trust = cluster.ca().trust().getSocketFactory();
    session = signedIn();
    good = System.nanoTime();
    thread.start();
  }

  private String signedIn() {
    SignInSteps browser = cluster.steps();
    browser.signIn(USER, cluster.people().password());
    return browser.cookie("session");
  }

  private void ask() {
    while (!closed) {
      if (answers()) {
        long now = System.nanoTime();
        Duration without = Duration.ofNanos(now - good);
        longest = without.compareTo(longest) > 0 ? without : longest;
        good = now;
        answered++;
      } else if (!closed) {
        failed++;
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private boolean answers() {
    try {
      HttpsURLConnection asked = (HttpsURLConnection) page.toURL().openConnection();
      asked.setSSLSocketFactory(trust);
      asked.setConnectTimeout(ANSWER);
      asked.setReadTimeout(ANSWER);
      asked.setRequestProperty("Connection", "close");
      asked.setRequestProperty("Cookie", "session=" + session);
      asked.setInstanceFollowRedirects(false);
      int status = asked.getResponseCode();
      if (status == HttpURLConnection.HTTP_MOVED_TEMP) {
        // a session lasts a few minutes here
        session = signedIn();
      }
      return status == HttpURLConnection.HTTP_OK;
    } catch (IOException | RuntimeException | AssertionError none) {
      return false;
    }
  }

  /** How many requests were answered. */
  int answered() {
    return answered;
  }

  /** How many were not. */
  int failed() {
    return failed;
  }

  /** The longest time between two answers so far, also the one that goes on. */
  Duration longest() {
    Duration now = Duration.ofNanos(System.nanoTime() - good);
    return now.compareTo(longest) > 0 ? now : longest;
  }

  void report(String fault) {
    cluster.report().time(fault + ": longest time without a page", longest());
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
