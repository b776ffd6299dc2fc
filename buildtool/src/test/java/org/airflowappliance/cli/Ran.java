package org.airflowappliance.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** A command that ran in this process: its exit code and what it printed. */
record Ran(int code, String out, String err) {
  static Ran run(String... arguments) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    StringWriter err = new StringWriter();
    PrintStream before = System.out;
    PrintStream captured = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    System.setOut(captured);
    try {
      CommandLine line = Main.commandLine();
      line.setOut(new PrintWriter(captured, true)).setErr(new PrintWriter(err, true));
      int code = line.execute(arguments);
      return new Ran(code, bytes.toString(StandardCharsets.UTF_8), err.toString());
    } finally {
      System.setOut(before);
    }
  }
}
