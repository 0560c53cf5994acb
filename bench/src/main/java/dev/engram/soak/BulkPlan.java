package dev.engram.soak;

import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * Vectors of the large collection that are replaced, in commits of so many, one after the other.
 *
 * @param from where the first commit begins
 * @param version of the vectors of the first commit, one more in each that follows
 * @param commits how many
 */
record BulkPlan(int from, int version, int commits) {
  static final BulkPlan NONE = new BulkPlan(0, 1, 0);

  private static final int EACH = 700;

  private int at(int commit, int i) {
    return (from + commit * EACH + i) % Bulk.SIZE;
  }

  void write(VectorCollection bulk, int commit) {
    List<VectorRecord> records = new ArrayList<>();
    for (int i = 0; i < EACH; i++) {
      records.add(Bulk.record(at(commit, i), version + commit));
    }
    bulk.upsert(records);
  }

  void apply(int[] vectors, int commit) {
    for (int i = 0; i < EACH; i++) {
      vectors[at(commit, i)] = version + commit;
    }
  }
}
