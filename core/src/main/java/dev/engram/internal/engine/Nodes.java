package dev.engram.internal.engine;

import dev.engram.RecordId;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.format.ConceptLayout;
import dev.engram.internal.format.ConceptLayout.Concept;
import dev.engram.internal.format.Keys;
import dev.engram.internal.log.Family;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

  /** Reads what will be asked for in one go. */
  void readAhead(List<int[]> nodes) {
    List<byte[]> keys =
        nodes.stream()
            .flatMapToInt(Arrays::stream)
            .distinct()
            .mapToObj(node -> Keys.node(space.number(), node))
            .toList();
    tx.readAhead(Family.CONCEPTS, keys);
    List<byte[]> recordKeys = new ArrayList<>(keys.size());
    for (byte[] key : keys) {
      Concept concept = concept(Keys.intAt(key, 4));
      if (concept != null) {
        recordKeys.add(Keys.record(space.number(), concept.epoch(), concept.ordinal()));
      }
    }
    tx.readAhead(Family.RECORDS, recordKeys);
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
