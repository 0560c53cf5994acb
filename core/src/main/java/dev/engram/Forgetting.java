package dev.engram;

import java.time.Instant;

/**
 * One time that a policy made a space forget. Kept for ever; what was forgotten is kept until it
 * can not be undone any more.
 *
 * @param operation its id
 * @param at when it was begun
 * @param undoUntil until when it can be undone
 * @param memories that were forgotten, and not brought back
 * @param shortTerm short-term synapses that were pruned, and not brought back; those of forgotten
 *     memories are not counted
 * @param longTerm long-term synapses, likewise
 * @param state what has become of it
 */
public record Forgetting(
    RecordId operation,
    Instant at,
    Instant undoUntil,
    long memories,
    long shortTerm,
    long longTerm,
    State state) {
  /** What has become of what was forgotten. */
  public enum State {
    /** It can be brought back. */
    UNDOABLE,
    /** It was brought back. */
    UNDONE,
    /** It is gone for good. */
    ERASED
  }
}
