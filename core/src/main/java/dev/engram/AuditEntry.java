package dev.engram;

import dev.engram.internal.format.Digest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * An entry of the audit log: one commit, or one administrative act, which is a commit as well.
 *
 * @param sequence its number, from 1, without gaps
 * @param commit that it is part of
 * @param at when that was made
 * @param actor who made it, as the caller said; empty where nobody did
 * @param action such as {@code store}, {@code delete}, {@code associate} or {@code snapshot}
 * @param details what it touched: how many rows of which families, or of what the act was
 * @param changes SHA-256 of all changes of the commit as the log has them, in hexadecimal
 * @param previous {@link #hash} of the entry before; zeros for the first one
 */
public record AuditEntry(
    long sequence,
    CommitId commit,
    Instant at,
    String actor,
    String action,
    String details,
    String changes,
    String previous) {

  /** SHA-256 of {@link #text} in UTF-8, in hexadecimal. */
  public String hash() {
    return Digest.hex(text().getBytes(StandardCharsets.UTF_8));
  }

  /** All that it says, a line each, in the order of its components; the instant in ms. */
  public String text() {
    return String.join(
        "\n",
        Long.toString(sequence),
        commit.toString(),
        Long.toString(at.toEpochMilli()),
        actor,
        action,
        details,
        changes,
        previous);
  }
}
