package dev.engram;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A memory space as it was on record at an instant: what was learned, changed, forgotten or joined
 * later is not in it. It answers as the space would have answered then, but for three things:
 * weights and counters are those of today, what was deleted by its id or has expired is in no past,
 * and a text that has changed since has a vector only where the embedder is there to make it again.
 *
 * <p>It is a copy in memory, made by {@link MemorySpace#asOf}, and does not change with the space;
 * nothing that is asked of it counts as a use. Close it when it is not needed any more.
 * Thread-safe.
 */
public interface PastSpace extends AutoCloseable {
  /** The instant. */
  Instant asOf();

  Optional<Memory> get(RecordId id);

  /** A page of memories. */
  Page<Memory> scan(Scan scan);

  long count();

  /** What the space knew about a question, best first. */
  List<Recollection> recall(Recall recall);

  /** The ten best memories about a question. */
  default List<Recollection> recall(String text) {
    return recall(Recall.about(text));
  }

  /** What a memory led to, best first, with the paths. */
  List<PathRecollection> recall(PathRecall recall);

  /** What activation of some memories reached, the most active first. */
  List<Activated> activate(Activation activation);

  /** The synapses that touched a memory, in both directions. */
  List<Synapse> neighbours(RecordId id);

  @Override
  void close();
}
