package dev.engram.bench;

import dev.engram.bench.Truth.Rows;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** The true neighbours in all vectors, in those that filters let pass, and after deletes. */
final class Truths {
  private static final double[] SHARES = {.001, .01, .1, .5};
  private static final double DELETED = .2;

  private final Vectors data;
  private final Truth all;
  private final List<Subset> filters;
  private final Subset deleted;
  private final Map<Subset, Truth> filtered = new HashMap<>();
  private @Nullable Truth afterDeletes;

  Truths(Vectors data) {
    this.data = data;
    this.filters =
        DoubleStream.of(SHARES).mapToObj(share -> Subset.of(share, data.count(), 2)).toList();
    this.deleted = Subset.of(DELETED, data.count(), 3);
    this.all = compare(null);
  }

  Truth all() {
    return all;
  }

  List<Subset> filters() {
    return filters;
  }

  Truth of(Subset filter) {
    return filtered.computeIfAbsent(filter, subset -> compare(subset.ordinals()));
  }

  Subset deleted() {
    return deleted;
  }

  Truth afterDeletes() {
    if (afterDeletes == null) {
      afterDeletes = compare(deleted.others(data.count()));
    }
    return afterDeletes;
  }

  private Truth compare(@Nullable BitSet allowed) {
    return Truth.of(
        Rows.of(data.base()),
        Scores.of(data.metric()),
        data.queries(),
        allowed,
        VectorBench.NEIGHBOURS);
  }
}
