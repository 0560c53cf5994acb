package dev.engram.spi;

import dev.engram.Synapse;

/** One change of a commit, as views see it. */
public sealed interface Change {
  /**
   * A record was stored.
   *
   * @param record the record; its vector is there when the ordinal is new
   * @param fresh whether the ordinal is new; if not, only metadata or expiry changed
   */
  record RecordPut(RecordRow record, boolean fresh) implements Change {}

  /** The record under an ordinal is gone; the same id may live on under another one. */
  record RecordRemoved(int collection, int epoch, int ordinal) implements Change {}

  /** A collection or space was made or described anew. */
  record CollectionPut(StateSnapshot.CollectionRow collection) implements Change {}

  /** A collection or space was dropped with everything in it. */
  record CollectionDropped(int collection) implements Change {}

  /** A synapse was made or strengthened. */
  record SynapsePut(SynapseRow synapse) implements Change {}

  /** A synapse was removed from a tier; {@link SynapseRow#relationKey} tells which relation. */
  record SynapseRemoved(int space, int from, int to, long relationKey, Synapse.Tier tier)
      implements Change {}
}
