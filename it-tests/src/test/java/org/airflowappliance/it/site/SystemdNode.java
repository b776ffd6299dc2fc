package org.airflowappliance.it.site;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Device;
import com.github.dockerjava.api.model.HostConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.images.builder.Transferable;

/** A machine with systemd, dnf and no route elsewhere. */
public final class SystemdNode extends GenericContainer<SystemdNode> {
  private static final int SHARES = 2 * 1024;
  private static final Duration BOOT = Duration.ofSeconds(60);
  private static final Duration USUAL = Duration.ofSeconds(120);

  private final String name;
  private final SiteNetwork siteNetwork;
  private final String address;
  private boolean connected = true;

  SystemdNode(String name, SiteNetwork network, String address) {
    super(TestImage.NODE.reference());
    this.name = name;
    siteNetwork = network;
    this.address = address;
    withLabels(Owned.label());
    withCreateContainerCmdModifier(this::asMachine);
    waitingFor(new Booted());
  }

  /** Named capabilities, since --privileged fails on a machine that lacks one of them itself. */
  private void asMachine(CreateContainerCmd command) {
    HostConfig host = command.getHostConfig();
    host.withCapAdd(Capability.SYS_ADMIN, Capability.NET_ADMIN)
        .withDevices(device("/dev/fuse"), device("/dev/autofs"))
        .withCgroupnsMode("private")
        // webserver, scheduler and parsers: more than a database that waits for them
        .withCpuShares(SHARES)
        .withTmpFs(Map.of("/run", "exec", "/tmp", "exec"))
        .withNetworkMode(siteNetwork.id());
    command.withHostName(name).withTty(true).withIpv4Address(address).withStopSignal("SIGRTMIN+3");
  }

  private static Device device(String path) {
    return new Device("rwm", path, path);
  }

  /** The machine's name, as its cluster file has it. */
  public String name() {
    return name;
  }

  /** Its address on the site's network; this machine reaches it, too. */
  public String address() {
    return address;
  }

  /** The first three parts of its address, with the last dot. */
  public String network() {
    return address.substring(0, address.lastIndexOf('.') + 1);
  }

  /** Runs a shell script as root and gives what it wrote; fails unless it ends with 0. */
  public String run(String script) {
    return run(USUAL, script);
  }

  /** The same with a limit of time. */
  public String run(Duration limit, String script) {
    Program ran = attempt(limit, script);
    if (ran.code() != 0) {
      throw new AssertionError(
          name + ": '" + script + "' ended with " + ran.code() + "\n" + ran.out() + ran.err());
    }
    return ran.out();
  }

  /** Runs a shell script as root and leaves the judgement to the caller; 124 is a passed limit. */
  public Program attempt(Duration limit, String script) {
    try {
      ExecResult result =
          execInContainer(
              StandardCharsets.UTF_8,
              "timeout",
              "-k",
              "5",
              Long.toString(Pace.here(limit).toSeconds()),
              "sh",
              "-c",
              script);
      return new Program(result.getExitCode(), result.getStdout(), result.getStderr());
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }

  /** Places a file as root's with a mode, as an operator's scp does. */
  public void place(String path, String text, int mode) {
    copyFileToContainer(Transferable.of(text.getBytes(StandardCharsets.UTF_8), mode), path);
  }

  /** Waits for a condition on this node; a failure shows the node's journal. */
  public <T> Duration until(
      String what, Duration limit, Waiting.Look<T> look, Predicate<? super T> wanted) {
    return Waiting.until(name + ": " + what, limit, look, wanted, this::diagnosis);
  }

  /** Waits until a unit's state is as given, for example {@code active}. */
  public Duration untilUnit(String unit, String state, Duration limit) {
    return until(
        unit + " is " + state,
        limit,
        () -> attempt(USUAL, "systemctl is-active " + unit).out().strip() + ": " + status(unit),
        seen -> seen.startsWith(state + ": "));
  }

  /** A unit's status line, as {@code systemctl status} shows it. */
  public String status(String unit) {
    return attempt(USUAL, "systemctl show -p StatusText --value " + unit).out().strip();
  }

  /** The failed units and the end of the journal; the whole journal is written to a file. */
  public String diagnosis() {
    Path file = Folders.target().resolve("journal-" + name + ".txt");
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, attempt(USUAL, "journalctl --no-pager -o short-precise").out());
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
    return "journal of "
        + name
        + " (whole: "
        + file
        + ")\n"
        + attempt(
                USUAL,
                "systemctl --no-pager list-units 'airflow*' --all; systemctl --no-pager --failed;"
                    + " journalctl --no-pager -o short-precise -n 80")
            .out();
  }

  /** The power goes off: nobody is told, as packets that end connections do not get out. */
  public void losePower() {
    Docker.client()
        .disconnectFromNetworkCmd()
        .withNetworkId(siteNetwork.id())
        .withContainerId(getContainerId())
        .withForce(true)
        .exec();
    connected = false;
    Docker.client().killContainerCmd(getContainerId()).exec();
  }

  /** An orderly end, and a start. */
  public void reboot() {
    Docker.client().stopContainerCmd(getContainerId()).withTimeout(60).exec();
    boot();
  }

  /** The power is back. */
  public void boot() {
    if (!connected) {
      siteNetwork.join(getContainerId(), address);
      connected = true;
    }
    Docker.client().startContainerCmd(getContainerId()).exec();
    cutOff();
  }

  /**
   * A service's clock is ahead by this much, or behind; zero sets it right. The service begins
   * again.
   */
  public void clock(String service, Duration ahead) {
    String folder = "/etc/systemd/system/" + service + ".service.d";
    if (ahead.isZero()) {
      run("rm -rf " + folder);
    } else {
      place(
          folder + "/clock.conf",
          """
          [Service]
          Environment=LD_PRELOAD=%s FAKETIME=%+d DONT_FAKE_MONOTONIC=1
          """
              .formatted(
                  run("ls /usr/lib*/faketime/libfaketime.so.1 /usr/lib/*/faketime/libfaketime.so.1"
                          + " 2>/dev/null || :")
                      .strip(),
                  ahead.toSeconds()),
          0644);
    }
    run(Duration.ofMinutes(3), "systemctl daemon-reload && systemctl restart " + service);
  }

  /** Units, the whole journal, and what Airflow wrote last to its own logs. */
  String everything() {
    return attempt(
            USUAL,
            "systemctl --no-pager list-units 'airflow*' --all; journalctl --no-pager -o short-precise;"
                + " cd /var/log/airflow && find . -name '*.log' -mmin -30 -exec tail -n 60 {} +")
        .out();
  }

  /** Docker gives even an internal network's containers a default route, whose packets it drops. */
  void cutOff() {
    run("ip route del default 2>/dev/null || :");
  }

  private final class Booted extends AbstractWaitStrategy {
    @Override
    protected void waitUntilReady() {
      Waiting.until(
          name + ": boots",
          BOOT,
          () -> attempt(BOOT, "systemctl is-system-running").out().strip(),
          "running"::equals,
          SystemdNode.this::diagnosis);
    }
  }
}
