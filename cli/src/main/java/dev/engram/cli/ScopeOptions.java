package dev.engram.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say whose memories are meant. */
final class ScopeOptions {
  @Option(names = "--user", paramLabel = "NAME", description = "The person it belongs to.")
  @Nullable String user;

  @Option(names = "--agent", paramLabel = "NAME", description = "The agent that learned it.")
  @Nullable String agent;

  @Option(names = "--session", paramLabel = "NAME", description = "The session it was learned in.")
  @Nullable String session;
}
