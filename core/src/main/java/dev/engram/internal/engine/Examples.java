package dev.engram.internal.engine;

import dev.engram.InvalidInputException;
import dev.engram.NotFoundException;
import dev.engram.RecordId;
import dev.engram.Search;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.filter.OrdinalSet;
import dev.engram.internal.vector.VectorKernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads the records that a search takes for examples. Works inside one session. */
final class Examples {
  private final Session session;
  private final CatalogEntry collection;
  private final List<Integer> ordinals = new ArrayList<>();

  /**
   * The vector that stands for some examples, and the ordinals of all of them.
   *
   * @param query of the collection's dimension; may be zero or not finite
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
  record Read(float[] query, OrdinalSet ordinals) {}

  private Examples(Session session, CatalogEntry collection) {
    this.session = session;
    this.collection = collection;
  }

  static Read read(Session session, CatalogEntry collection, Search search) {
    Examples examples = new Examples(session, collection);
    float[] query = examples.mean("positive", search.positive());
    if (!search.negative().isEmpty()) {
      float[] unlike = examples.mean("negative", search.negative());
      for (int i = 0; i < query.length; i++) {
        query[i] += query[i] - unlike[i];
      }
    }
    int[] all = examples.ordinals.stream().mapToInt(Integer::intValue).toArray();
    return new Read(query, OrdinalSet.of(all));
  }

  private float[] mean(String kind, List<RecordId> ids) {
    double[] sum = new double[collection.descriptor().dimension()];
    for (int i = 0; i < ids.size(); i++) {
      float[] vector = vector(kind, i, ids.get(i));
      Arrays.setAll(sum, j -> sum[j] + vector[j]);
    }
    float[] mean = new float[sum.length];
    for (int j = 0; j < mean.length; j++) {
      mean[j] = (float) (sum[j] / ids.size());
    }
    return mean;
  }

  private float[] vector(String kind, int index, RecordId id) {
    Records records = new Records(session);
    Stored stored = records.find(collection, id);
    if (stored == null) {
      throw new NotFoundException("an example is not there: " + kind + "=" + index);
    }
    float[] vector = records.vector(stored);
    if (vector == null) {
      throw new InvalidInputException("an example has no vector: " + kind + "=" + index);
    }
    ordinals.add(stored.ordinal());
    return VectorKernels.compared(collection.descriptor().metric(), vector);
  }
}
