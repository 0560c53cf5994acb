package dev.engram.internal.recall;

/** What one arm makes of each memory of a scene, on a scale of its own. Not thread-safe. */
public interface Measure {
  /** The measure of a row. */
  double of(int row);

  /** Whether a row that has so much of it is an answer. */
  default boolean finds(int row) {
    return of(row) > 0;
  }

  /** The measure of a row in words; empty where there is nothing to add. */
  default String detail(int row) {
    return "";
  }
}
