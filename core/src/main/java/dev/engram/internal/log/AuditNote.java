package dev.engram.internal.log;

/**
 * What a commit says of itself in the audit log.
 *
 * @param action what is done
 * @param details of what
 * @param turn whether it switches the audit log on or off, or neither
 */
public record AuditNote(String action, String details, Turn turn) {
  /** What becomes of the audit log. */
  public enum Turn {
    ON,
    OFF,
    NEITHER
  }

  /** Something that is done. */
  public static AuditNote of(String action, String details) {
    return new AuditNote(action, details, Turn.NEITHER);
  }
}
