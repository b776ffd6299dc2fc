package org.airflowappliance.it.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/**
 * One person's Chromium on this machine; what was seen stays as pictures. Tests that work with it
 * hold {@link #LOCK}: several at a time would keep the cluster from the processors.
 */
public final class Browser implements AutoCloseable {
  /** Of JUnit's {@code @ResourceLock}. */
  public static final String LOCK = "browser";

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Chromium ends all connections when a network of this machine comes or goes, as Docker's do. */
  private static final String NETWORK_CHANGED = "ERR_NETWORK_CHANGED";

  private static final int TRIES = 5;

  private final Cluster cluster;
  private final String user;
  private final ChromeDriver driver;

  static {
    // it looks for the newest protocol of the debugger, which is not used here
    Logger.getLogger("org.openqa.selenium").setLevel(Level.SEVERE);
  }

  /** A fresh profile for one of the realm's users. */
  public Browser(Cluster cluster, String user) {
    this.cluster = cluster;
    this.user = user;
    ChromeOptions options = new ChromeOptions();
    options.setBinary("/usr/bin/chromium");
    options.addArguments(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-software-rasterizer",
        "--disable-extensions",
        "--force-prefers-reduced-motion",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--window-size=1400,1000",
        // the pages name fonts and icons of nobody else
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 10.231.*");
    driver =
        new ChromeDriver(
            new ChromeDriverService.Builder()
                .usingDriverExecutable(driver().toFile())
                .withEnvironment(Map.of("HOME", home(cluster).toString()))
                .build(),
            options);
    driver.manage().timeouts().pageLoadTimeout(Pace.here(LIMIT));
  }

  /** As root, Chromium gives itself precedence before everything else on the machine. */
  private static synchronized Path driver() {
    Path script = Folders.target().resolve("chromedriver");
    try {
      if (!Files.exists(script)) {
        Files.writeString(
            Files.createDirectories(script.getParent()).resolve("chromedriver"),
            """
            #!/bin/sh
            [ "$(id -u)" != 0 ] || exec setpriv --bounding-set=-sys_nice /usr/bin/chromedriver "$@"
            exec /usr/bin/chromedriver "$@"
            """);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
      return script;
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  /** Chromium believes the CAs of its user's NSS database, besides those that come with it. */
  private static synchronized Path home(Cluster cluster) {
    Path home = cluster.installation().desk().resolve("browser");
    Path store = home.resolve(".pki/nssdb");
    try {
      if (!Files.exists(store)) {
        String database = "sql:" + Files.createDirectories(store);
        Path file = Files.writeString(home.resolve("ca.pem"), cluster.ca().pem());
        Program.run(LIMIT, "certutil", "-d", database, "-N", "--empty-password");
        Program.run(
            LIMIT, "certutil", "-d", database, "-A", "-n", "site", "-t", "C,,", "-i", "" + file);
      }
      return home;
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  static String version() {
    try {
      return Program.run(LIMIT, "/usr/bin/chromium", "--version").out();
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  /** Opens the first page, and fills in the identity provider's form. */
  public void signIn() {
    enter();
    cluster.until(
        user + " is back at Airflow",
        LIMIT,
        () -> {
          if (isCutOff()) {
            enter();
          }
          return driver.getCurrentUrl().startsWith(cluster.balancer().url());
        });
    // the address changes before the page is there
    until("Airflow's bar of menus, or a page that says why there is none", ".navbar-nav, main h1");
  }

  private void enter() {
    open("/home");
    until("the sign-in form, or Airflow when the answer alone was lost", "#username, .navbar-nav");
    if (driver.findElements(By.id("username")).isEmpty()) {
      return;
    }
    driver.findElement(By.id("username")).sendKeys(user);
    driver.findElement(By.id("password")).sendKeys(cluster.keycloak().password());
    driver.findElement(By.id("kc-login")).click();
  }

  /** Opens a path of Airflow. */
  public void open(String path) {
    for (int tries = 1; ; tries++) {
      try {
        driver.get(cluster.balancer().url() + path);
        return;
      } catch (WebDriverException problem) {
        if (tries == TRIES || !problem.getMessage().contains(NETWORK_CHANGED)) {
          throw problem;
        }
      }
    }
  }

  /**
   * Whether the last page did not come for this machine's own reasons; it may be asked for again.
   */
  private boolean isCutOff() {
    return text().contains(NETWORK_CHANGED);
  }

  /** Writes into a field, also one that an editor hides. */
  public void type(String name, String text) {
    driver.executeScript(
        "const e = document.getElementsByName(arguments[0])[0]; const c = document.querySelector('.CodeMirror');"
            + " if (c) c.CodeMirror.setValue(arguments[1]); e.value = arguments[1];",
        name,
        text);
  }

  /** Clicks on the first element that a selector finds. */
  public void click(String selector) {
    driver.findElement(By.cssSelector(selector)).click();
  }

  /** The same with an element of a menu that opens under the mouse. */
  public void press(String selector) {
    driver.executeScript("arguments[0].click()", driver.findElement(By.cssSelector(selector)));
  }

  /** The texts of the bar's menus. */
  public String menus() {
    return driver.findElements(By.cssSelector(".navbar-nav:not(.navbar-right) > li > a")).stream()
        .map(WebElement::getText)
        .map(String::strip)
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining(" "));
  }

  /** The texts of all that a selector finds. */
  public List<String> all(String selector) {
    return driver.findElements(By.cssSelector(selector)).stream()
        .map(WebElement::getText)
        .map(String::strip)
        .toList();
  }

  /** The value of one of Airflow's cookies. */
  public String cookie(String name) {
    return driver.manage().getCookieNamed(name).getValue();
  }

  /** What the page says. */
  public String text() {
    return driver.findElement(By.tagName("body")).getText();
  }

  /** Waits until a selector finds something. */
  public void until(String what, String selector) {
    cluster.until(
        what + " at " + driver.getCurrentUrl(),
        LIMIT,
        () -> isShown(!driver.findElements(By.cssSelector(selector)).isEmpty()));
  }

  /** Waits until the page says something. */
  public void untilText(String wanted) {
    cluster.until(
        "'" + wanted + "' at " + driver.getCurrentUrl(),
        LIMIT,
        () -> isShown(text().contains(wanted)));
  }

  private boolean isShown(boolean seen) {
    if (!seen && isCutOff()) {
      driver.navigate().refresh();
    }
    return seen;
  }

  /** Keeps a picture of the page. */
  public void seen(String name) throws IOException {
    Path folder = Files.createDirectories(Folders.itTests().resolve("target/screenshots"));
    picture(folder.resolve(user + "-" + name + ".png"));
  }

  void picture(Path file) throws IOException {
    Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
  }

  @Override
  public void close() {
    driver.quit();
  }
}
