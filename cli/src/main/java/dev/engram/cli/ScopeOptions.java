package dev.engram.cli;

import dev.engram.Metadata;
import dev.engram.Scope;
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

  /** Some metadata, with what was given. */
  Metadata in(Metadata metadata) {
    Metadata changed = with(metadata, Scope.USER, user);
    changed = with(changed, Scope.AGENT, agent);
    return with(changed, Scope.SESSION, session);
  }

  static Metadata with(Metadata metadata, String key, @Nullable String value) {
    return value == null ? metadata : metadata.with(key, value);
  }
}
