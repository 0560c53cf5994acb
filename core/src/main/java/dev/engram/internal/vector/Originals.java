package dev.engram.internal.vector;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The vectors as they were given, of which an index keeps only codes. Thread-safe. */
@FunctionalInterface
public interface Originals {
  /**
   * Reads some vectors.
   *
   * @param ordinals of vectors that are in the index, or were
   * @return a vector for each; null for one that is gone
   */
  List<float @Nullable []> vectors(int[] ordinals);
}
