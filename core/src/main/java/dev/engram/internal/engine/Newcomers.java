package dev.engram.internal.engine;

import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.recall.WordSet;
import dev.engram.internal.vector.VectorKernels;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one transaction learned in a space, which is in no index yet. It costs a reference each
 * until somebody asks. Not thread-safe.
 */
final class Newcomers {
  private final List<byte[]> keys = new ArrayList<>();
  private final List<Newcomer> read = new ArrayList<>();

  /** A memory as it was learned; it may have been changed or forgotten since. */
  static final class Newcomer {
    private final Stored stored;
    private final float @Nullable [] unit;
    private @Nullable WordSet words;

    private Newcomer(Stored stored, float @Nullable [] vector) {
      this.stored = stored;
      this.unit = vector == null ? null : VectorKernels.normalised(vector);
    }

    Stored stored() {
      return stored;
    }

    /** Its vector, of unit length; null where it has none. */
    float @Nullable [] unit() {
      return unit;
    }

    WordSet words() {
      WordSet known = words;
      if (known == null) {
        known = WordSet.of(Objects.requireNonNull(stored.row().text()));
        words = known;
      }
      return known;
    }
  }

  /** A memory was learned under the key of its record. */
  void add(byte[] key) {
    keys.add(key);
  }

  /** What was learned, in order. */
  List<Newcomer> all(Records records) {
    while (read.size() < keys.size()) {
      byte[] key = keys.get(read.size());
      Stored stored = records.at(key);
      if (stored == null) {
        byte[] _ = keys.remove(read.size());
      } else {
        read.add(new Newcomer(stored, records.vector(stored)));
      }
    }
    return read;
  }
}
