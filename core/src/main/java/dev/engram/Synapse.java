package dev.engram;

import java.time.Instant;

/**
 * A directed, weighted edge between two memories of a space, as it was when it was read.
 *
 * @param from where it starts
 * @param to where it ends
 * @param relation what it means; {@link #RELATED} where nothing was said
 * @param tier short-term until consolidated
 * @param weight strength as of now, 0 to 1
 * @param activations times it was strengthened; 0 when new
 * @param createdAt when it was made
 * @param lastAccessed when it was last strengthened
 */
public record Synapse(
    RecordId from,
    RecordId to,
    String relation,
    Tier tier,
    double weight,
    long activations,
    Instant createdAt,
    Instant lastAccessed) {
  /** The relation of a synapse that names none. */
  public static final String RELATED = "RELATED";

  /** The relation from what holds to what held before. */
  public static final String SUPERSEDES = "SUPERSEDES";

  /** The relation between memories that cannot both be true. */
  public static final String CONTRADICTS = "CONTRADICTS";

  /** The strength of a new synapse, unless given. */
  public static final double INITIAL_STRENGTH = .1;

  /** What is weaker counts as gone. */
  public static final double LEAST_STRENGTH = .01;

  /** Where a synapse lives. */
  public enum Tier {
    SHORT_TERM,
    LONG_TERM
  }
}
