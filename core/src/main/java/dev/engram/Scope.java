package dev.engram;

/** The metadata keys that say whose memory something is, and who said it where. */
public final class Scope {
  /** The person the memory belongs to. */
  public static final String USER = "user";

  /** The agent that learned it. */
  public static final String AGENT = "agent";

  /** The session in which it was learned. */
  public static final String SESSION = "session";

  /** Who said it. */
  public static final String SPEAKER = "speaker";

  private Scope() {}
}
