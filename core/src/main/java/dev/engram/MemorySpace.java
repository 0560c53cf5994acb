package dev.engram;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * A space of memories that learns, associates, recalls and forgets. Thread-safe. Got from {@link
 * Engram} each writing method is one commit of its own; got from a {@link Transaction} it is a part
 * of that, and recall sees the commits before it but not its own writes.
 */
public interface MemorySpace {
  String name();

  CollectionInfo info();

  /** Learns a text. */
  default Memory learn(String text) {
    return learn(Learning.of(text));
  }

  /** Learns a text with metadata. */
  default Memory learn(String text, Metadata metadata) {
    return learn(Learning.of(text).withMetadata(metadata));
  }

  /**
   * Learns. Where the same text (after Unicode NFC and collapsing of white space) of the same user,
   * agent, session and speaker is there already, returns that memory with its access count raised
   * and the longer of both times to live, unless duplicates are allowed.
   */
  Memory learn(Learning learning);

  /** Learns many in one commit: all or nothing. */
  List<Memory> learn(List<Learning> learnings);

  /**
   * Learns a stream of any length in bounded memory, in commits of at most 1,000 memories, or 64
   * where an embedder works on them. On an error or a cancellation the commits before it stay.
   *
   * @return how many were given
   */
  long learnAll(Iterator<Learning> learnings, Progress progress);

  Optional<Memory> get(RecordId id);

  /** Replaces the text and keeps id, metadata and synapses; false where it is not there. */
  boolean update(RecordId id, String text);

  /** Changes the metadata; false where the memory is not there. */
  boolean update(RecordId id, MetadataPatch patch);

  /** Deletes a memory and its synapses from every index; false where it is not there. */
  boolean forget(RecordId id);

  /** Makes or strengthens the synapse of relation {@link Synapse#RELATED} between two memories. */
  default Synapse associate(RecordId from, RecordId to) {
    return associate(from, to, Synapse.RELATED);
  }

  /**
   * Makes a short-term synapse of weight 0.1, or strengthens the one that is there by long-term
   * potentiation: w += 0.1·(1 − w).
   *
   * @throws NotFoundException where either memory is not there
   */
  Synapse associate(RecordId from, RecordId to, String relation);

  /** The synapses that touch a memory, in both directions, strongest first. */
  List<Synapse> neighbours(RecordId id);

  /** What the space knows about a question, best first. */
  List<Recollection> recall(Recall recall);

  /** The ten best memories about a question. */
  default List<Recollection> recall(String text) {
    return recall(Recall.about(text));
  }

  /** What kept a memory out of the answer to a recall, with its score as it would be. */
  WhyNot whyNot(RecordId id, Recall recall);

  /** A page of memories. */
  Page<Memory> scan(Scan scan);

  /** Live memories. */
  long count();

  /** Memories that have no vector yet because no embedder was there when they were learned. */
  long pending();

  /**
   * Embeds the pending memories with this store's embedder, in commits of a few hundred.
   *
   * @return memories embedded; 0 where the store has no embedder
   */
  long embedPending(Progress progress);
}
