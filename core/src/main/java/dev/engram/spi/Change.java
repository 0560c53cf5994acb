package dev.engram.spi;

import dev.engram.Synapse;

/** One change of a commit, as views see it. */
public sealed interface Change {
  /** A record was stored under an ordinal that is new, or whose metadata or expiry changed. */
  record RecordPut(RecordRow record) implements Change {}

  /** The record under an ordinal is gone; the same id may live on under another one. */
  record RecordRemoved(int collection, int epoch, int ordinal) implements Change {}

  /** A collection or space was made or described anew. */
  record CollectionPut(StateSnapshot.CollectionRow collection) implements Change {}

  /** A collection or space was dropped with everything in it. */
  record CollectionDropped(int collection) implements Change {}

  /** A synapse was made or strengthened. */
  record SynapsePut(SynapseRow synapse) implements Change {}

  /** A synapse was removed from a tier. */
  record SynapseRemoved(int space, int from, int to, String relation, Synapse.Tier tier)
      implements Change {}
}
