package dev.engram.spi;

import dev.engram.CollectionInfo;
import dev.engram.CommitId;
import java.util.function.Consumer;

/**
 * The state of the store right after one commit. Not thread-safe; to be closed. It sees nothing
 * that came later.
 */
public interface StateSnapshot extends AutoCloseable {
  /** The commit whose state this is. */
  CommitId commit();

  /** Every collection and space. */
  void forEachCollection(Consumer<CollectionRow> consumer);

  /** Every record of one collection, in the order of their ordinals. */
  void forEachRecord(CollectionRow collection, boolean withVectors, Consumer<RecordRow> consumer);

  /** Every synapse of one space. */
  void forEachSynapse(CollectionRow collection, Consumer<SynapseRow> consumer);

  @Override
  void close();

  /**
   * A collection or space.
   *
   * @param number its internal number, never used again
   * @param epoch grows when its ordinals are numbered anew
   * @param kind collection or space
   * @param dimension components of its vectors, 0 for none yet
   * @param language language of its texts
   */
  record CollectionRow(
      int number, int epoch, CollectionInfo.Kind kind, int dimension, String language) {}
}
