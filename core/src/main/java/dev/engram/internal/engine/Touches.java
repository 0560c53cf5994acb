package dev.engram.internal.engine;

import dev.engram.internal.log.Log;
import dev.engram.spi.Change;
import dev.engram.spi.Commit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Which commit touched a collection last, since the store was opened. Thread-safe. */
final class Touches implements Log.Follower {
  private static final int NOTHING = 0;

  private final Map<Integer, Long> last = new ConcurrentHashMap<>();

  /** The LSN of the last acknowledged commit that touched a collection, or of a later one. */
  long of(CatalogEntry collection) {
    return last.getOrDefault(collection.number(), 0L);
  }

  @Override
  public void follow(Commit commit) {
    int before = NOTHING;
    for (Change change : commit.changes()) {
      int collection = collectionOf(change);
      if (collection != before && collection != NOTHING) {
        last.put(collection, commit.id().lsn());
        before = collection;
      }
    }
  }

  private static int collectionOf(Change change) {
    return switch (change) {
      case Change.RecordPut put -> put.record().collection();
      case Change.RecordRemoved removed -> removed.collection();
      case Change.CollectionPut put -> put.collection().number();
      case Change.CollectionDropped dropped -> dropped.collection();
      case Change.SynapsePut _, Change.SynapseRemoved _ -> NOTHING;
    };
  }
}
