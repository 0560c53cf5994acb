package dev.engram;

/**
 * Which synapses a space makes by itself when something is learned. Each joins the new memory to at
 * most {@link Limits#MAX_AUTO_RELATIONS} others, of the same user and not expired.
 */
public enum AutoRelation {
  /**
   * {@link Synapse#SIMILAR_TO} the nearest memories, of a cosine of .8 and more. Only where the
   * memory has a vector at once.
   */
  SIMILAR,
  /** {@link Synapse#TEMPORAL} to what was learned in the minute before, the last ones first. */
  TEMPORAL,
  /**
   * {@link Synapse#PART_OF} the nearest ancestor that is there, by a key such as {@code a/b/c}: the
   * text under {@link #KEY} in the metadata, or else the id. This synapse is a long-term one of
   * strength 1, because it is no matter of use.
   */
  HIERARCHY,
  /** {@link Synapse#FOLLOWS} the memory that was learned before it in its {@link Scope#SESSION}. */
  SESSION;

  /** The metadata key of a memory's place in a hierarchy. */
  public static final String KEY = "key";

  /** What separates the levels of such a key. */
  public static final char SEPARATOR = '/';
}
