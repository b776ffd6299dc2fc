package org.airflowappliance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;

/** What holds for every command: examples, options, exit codes. */
class MainTest {
  /** A command in which something goes wrong. */
  @Command(name = "broken")
  private static final class Broken implements Callable<Integer> {
    private final Exception problem;

    Broken(Exception problem) {
      this.problem = problem;
    }

    @Override
    public Integer call() throws Exception {
      throw problem;
    }

    static Ran run(Exception problem) {
      StringWriter err = new StringWriter();
      CommandLine line = Main.commandLine().addSubcommand(new Broken(problem));
      line.setErr(new PrintWriter(err, true));
      return new Ran(line.execute("broken"), "", err.toString());
    }
  }

  @TempDir Path folder;

  static Stream<CommandLine> commands() {
    List<CommandLine> all = new ArrayList<>();
    collect(Main.commandLine(), all);
    return all.stream();
  }

  private static void collect(CommandLine command, List<CommandLine> all) {
    all.add(command);
    command.getSubcommands().values().forEach(each -> collect(each, all));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasAnExample(CommandLine command) {
    String name = command.getCommandSpec().qualifiedName();
    String usage = command.getUsageMessage(Ansi.OFF);

    assertThat(usage).as(name).contains("Usage: " + name, "\nExample");
    assertThat(usage.substring(usage.indexOf("\nExample"))).as(name).contains(name);
  }

  @Test
  void everySubcommandIsLookedAt() {
    assertThat(commands().map(each -> each.getCommandSpec().qualifiedName()))
        .contains("appliance", "appliance build", "appliance secrets check");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void quietIsOfferedWhereSomethingIsSaidBesidesTheResult(CommandLine command) {
    String name = command.getCommandSpec().qualifiedName().replaceFirst("appliance ?", "");
    boolean result =
        name.matches("|plan|schema|diff|completion|kubeconfig|key export|secrets manifest");
    boolean group = !command.getSubcommands().isEmpty();

    assertThat(command.getCommandSpec().optionsMap().containsKey("-q"))
        .as(name)
        .isEqualTo(!result && !group);
    assertThat(command.getCommandSpec().optionsMap().containsKey("--verbose"))
        .as(name)
        .isEqualTo(name.equals("build"));
  }

  @Test
  void quietCommandsSayNothing() {
    Path secrets = folder.resolve("secrets.env");

    assertThat(Ran.run("init", "-q", folder.resolve("c.yaml").toString()).out()).isEmpty();
    assertThat(Ran.run("validate", "-q").out()).isEmpty();
    assertThat(Ran.run("secrets", "new", "-q", secrets.toString()).out()).isEmpty();
    assertThat(Ran.run("secrets", "check", "-q", secrets.toString()).err()).contains("is empty");
  }

  @Test
  void theExitCodeSaysWhoHasToMendIt() {
    assertThat(Ran.run("validate").code()).isZero();
    assertThat(Ran.run("--help").code()).isZero();
    assertThat(Ran.run("validate", folder.toString()).code()).isEqualTo(1);
    assertThat(Ran.run("secrets", "check", folder.toString()).code()).isEqualTo(1);
    for (String wrong : new String[] {"--nonsense", "nonsense", "secrets", "bucket"}) {
      assertThat(Ran.run(wrong).code()).as(wrong).isEqualTo(2);
    }
    assertThat(Ran.run().code()).isEqualTo(2);
    assertThat(Ran.run("plan", "--output", "xml").code()).isEqualTo(2);
  }

  /** Who forgets the file does not mean the example's realm, bucket or Kubernetes. */
  @Test
  void whatChangesServersOrTellsSecretsWantsTheClusterFile() {
    String secrets = folder.resolve("secrets.env").toString();
    Ran.run("secrets", "new", secrets);
    for (String[] command :
        new String[][] {
          {"keycloak", "apply", "--admin", "ann"},
          {"bucket", "apply", "--secrets", secrets},
          {"bucket", "apply", "--print"},
          {"bucket", "prepare", "--secrets", secrets},
          {"kubeconfig"},
          {"secrets", "manifest", secrets},
          {"secrets", "tenants", folder.resolve("tenants.env").toString()}
        }) {
      Ran ran = Ran.run(command);
      assertThat(ran.code()).as(String.join(" ", command)).isEqualTo(2);
      assertThat(ran.err()).startsWith("Missing required parameter: 'FILE'");
    }
    assertThat(folder.resolve("tenants.env")).doesNotExist();
  }

  @Test
  void aMisuseShowsTheUsageOnStandardErrorOnly() {
    Ran ran = Ran.run("plan", "--output", "xml");

    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("expected one of", "Usage: appliance plan");
    assertThat(Ran.run("biuld").err()).contains("Did you mean: appliance build");
  }

  @Test
  void everyCommandThatReadsSecretsSaysWhatIsWrongWithTheFile() {
    String cluster = folder.resolve("cluster.yaml").toString();
    Ran.run("init", cluster);
    for (String[] command :
        new String[][] {
          {"secrets", "check", folder.toString()},
          {"secrets", "manifest", folder.toString(), cluster},
          {"secrets", "tenants", folder.toString(), cluster},
          {"bucket", "prepare", cluster, "--secrets", folder.toString()}
        }) {
      Ran ran = Ran.run(command);
      assertThat(ran.code()).isEqualTo(1);
      assertThat(ran.err())
          .isEqualTo(
              folder + ": is a folder; name the secrets file in it" + System.lineSeparator());
    }
  }

  @Test
  void aBugShowsItsTrace() {
    for (Exception bug :
        List.of(new IllegalStateException("a bug of the tool"), new EOFException())) {
      Ran ran = Broken.run(bug);
      assertThat(ran.code()).isEqualTo(1);
      assertThat(ran.err()).contains(bug.toString(), "at org.airflowappliance");
    }
  }

  @Test
  void whatTheMachineOrTheNetworkRefusesIsSaidWithoutATrace() {
    IOException full = new IOException("images/a.tar: cannot be written (No space left on device)");
    for (Exception each : List.of(full, new UncheckedIOException(full))) {
      assertThat(Broken.run(each))
          .isEqualTo(new Ran(1, "", full.getMessage() + System.lineSeparator()));
    }
    assertThat(Broken.run(new UnknownHostException("mirror.example")).err())
        .isEqualTo("UnknownHostException: mirror.example" + System.lineSeparator());
  }
}
