package dev.engram;

import java.util.Locale;

/**
 * The end of an audit log, or of a part of it. Kept where nobody can change it who can change the
 * store, it shows later whether anything before it was changed.
 *
 * @param sequence of the last entry; 0 of an empty log
 * @param hash of that entry, in hexadecimal
 */
public record AuditHead(long sequence, String hash) {
  private static final int HASH_CHARACTERS = 64;

  /** The end of a log without entries. */
  public static final AuditHead NONE = new AuditHead(0, "0".repeat(HASH_CHARACTERS));

  public AuditHead {
    if (sequence < 0 || !hash.matches("[0-9a-f]{64}")) {
      throw new InvalidInputException(
          "invalid head of an audit log: sequence="
              + sequence
              + ", characters="
              + hash.length()
              + "; write SEQUENCE:HASH as it was printed");
    }
  }

  /** Reads what {@link #toString} wrote. */
  public static AuditHead parse(String text) {
    String[] parts = text.strip().toLowerCase(Locale.ROOT).split(":", -1);
    if (parts.length != 2 || !parts[0].matches("[0-9]{1,18}")) {
      throw new InvalidInputException(
          "invalid head of an audit log: characters="
              + text.length()
              + "; write SEQUENCE:HASH as it was printed");
    }
    return new AuditHead(Long.parseLong(parts[0]), parts[1]);
  }

  @Override
  public String toString() {
    return sequence + ":" + hash;
  }
}
