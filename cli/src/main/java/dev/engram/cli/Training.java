package dev.engram.cli;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * What the launcher runs once after a build, to learn which classes the commands load. Not a
 * command; add a call here for each command whose start should be quick.
 */
final class Training {
  private Training() {}

  public static void main(String[] args) {
    System.setOut(new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    Main.run("--help");
  }
}
