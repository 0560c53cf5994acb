package dev.engram.internal.engine;

import dev.engram.RecordId;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.format.ConceptLayout;
import dev.engram.internal.format.ConceptLayout.Concept;
import dev.engram.internal.format.Keys;
import dev.engram.internal.log.Family;
import org.jspecify.annotations.Nullable;

/** From the nodes of a space to its memories. Works inside one transaction; not thread-safe. */
final class Nodes {
  private final CatalogEntry space;
  private final Tx tx;
  private final Records records;

  Nodes(Session session, CatalogEntry space) {
    this.space = space;
    this.tx = session.tx();
    this.records = new Records(session);
  }

  /** The row of a node; null where it is gone. */
  @Nullable Concept concept(int node) {
    byte[] key = Keys.node(space.number(), node);
    byte[] row = tx.get(Family.CONCEPTS, key);
    return row == null ? null : ConceptLayout.decode(key, row);
  }

  /** The memory of a node; null where it is gone, or has expired. */
  @Nullable Stored memory(int node) {
    Concept concept = concept(node);
    return concept == null
        ? null
        : records.at(Keys.record(space.number(), concept.epoch(), concept.ordinal()));
  }

  /** The id of the memory of a node; null where it is gone, or has expired. */
  @Nullable RecordId id(int node) {
    Stored stored = memory(node);
    return stored == null ? null : stored.row().id();
  }
}
