package dev.engram;

/**
 * A record that a search found.
 *
 * @param record the record, without its vector; {@link VectorCollection#get} returns that
 * @param score higher is better; its scale is the metric's, the text's or the fusion's
 * @param explanation how the score came about
 */
public record SearchHit(VectorRecord record, double score, Explanation explanation) {
  public RecordId id() {
    return record.id();
  }
}
