package dev.engram;

/**
 * Two memories that are to be associated.
 *
 * @param relation what it means, such as {@link Synapse#RELATED}
 */
public record Association(RecordId from, RecordId to, String relation) {
  /** Of the relation {@link Synapse#RELATED}. */
  public static Association of(RecordId from, RecordId to) {
    return new Association(from, to, Synapse.RELATED);
  }
}
