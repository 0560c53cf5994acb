package dev.engram.cli;

import dev.engram.NotFoundException;
import dev.engram.spi.Embedder;
import dev.engram.spi.EmbedderProvider;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParameterException;

/** Chooses the embedder that {@code --embedder} and {@code --model} name. Stateless. */
final class Embedders {
  private Embedders() {}

  /** The embedder, or null for {@code none}. Loads no model yet. */
  static @Nullable Embedder load(Cli cli) {
    String choice = cli.embedder;
    if (choice.equals("none")) {
      return null;
    }
    if (!choice.startsWith("http://") && !choice.startsWith("https://")) {
      return named(cli, choice);
    }
    if (cli.model == null) {
      throw new ParameterException(
          cli.spec.commandLine(), "--embedder with an address needs --model NAME");
    }
    return EmbedderProvider.load("http:" + cli.model + "@" + choice);
  }

  private static Embedder named(Cli cli, String name) {
    try {
      return EmbedderProvider.load(name);
    } catch (NotFoundException e) {
      throw new ParameterException(
          cli.spec.commandLine(),
          "--embedder " + name + " is not known: give minilm, none, or an address");
    }
  }
}
