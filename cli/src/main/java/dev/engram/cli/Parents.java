package dev.engram.cli;

/** What a command's parent is until the parser sets it. */
final class Parents {
  private Parents() {}

  /** Null, for fields that the parser fills before it calls the command. */
  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  static <T> T none() {
    return null;
  }
}
