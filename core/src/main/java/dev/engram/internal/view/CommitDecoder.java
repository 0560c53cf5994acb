package dev.engram.internal.view;

import dev.engram.Synapse.Tier;
import dev.engram.internal.format.CollectionLayout;
import dev.engram.internal.format.CollectionLayout.Descriptor;
import dev.engram.internal.format.CommitLayout;
import dev.engram.internal.format.CommitLayout.Entry;
import dev.engram.internal.format.CommitLayout.Kind;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.PointerLayout;
import dev.engram.internal.format.RecordLayout;
import dev.engram.internal.format.SynapseLayout;
import dev.engram.internal.format.VectorLayout;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.Log;
import dev.engram.spi.Change;
import dev.engram.spi.Commit;
import dev.engram.spi.RecordRow;
import dev.engram.spi.StateSnapshot.CollectionRow;
import dev.engram.spi.SynapseRow;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns commits that were read from the log into what views see: the same changes, in the same
 * order, as they were told when the commit was made. Thread-safe.
 */
final class CommitDecoder {
  /** First byte of a description's key in {@code config}. */
  private static final byte DESCRIPTOR = Keys.descriptors()[0];

  private final Log log;

  CommitDecoder(Log log) {
    this.log = log;
  }

  /**
   * A commit as views see it.
   *
   * @param withVectors whether vectors are read, which lie elsewhere
   */
  Commit decode(CommitLayout.Read read, boolean withVectors) {
    Set<ByteBuffer> fresh = freshRecords(read.entries());
    List<Change> changes = new ArrayList<>();
    for (Entry entry : read.entries()) {
      Change change = change(entry, fresh, withVectors);
      if (change != null) {
        changes.add(change);
      }
    }
    return new Commit(
        read.header().id(), Instant.ofEpochMilli(read.header().timeMillis()), changes);
  }

  /** The ordinals that this commit gave out: those that it pointed an id to. */
  private static Set<ByteBuffer> freshRecords(List<Entry> entries) {
    Set<ByteBuffer> fresh = new HashSet<>();
    for (Entry entry : entries) {
      if (entry.family() == Family.IDS.code() && entry.kind() == Kind.PUT) {
        int collection = Keys.intAt(entry.key(), 0);
        PointerLayout.Pointer pointer = PointerLayout.decode(entry.key(), valueOf(entry));
        fresh.add(ByteBuffer.wrap(pointer.recordKey(collection)));
      }
    }
    return fresh;
  }

  private @Nullable Change change(Entry entry, Set<ByteBuffer> fresh, boolean withVectors) {
    return switch (Family.of(entry.family())) {
      case RECORDS -> recordChange(entry, fresh, withVectors);
      case CONFIG -> collectionChange(entry);
      case SHORT_TERM -> synapseChange(entry, Tier.SHORT_TERM);
      case LONG_TERM -> synapseChange(entry, Tier.LONG_TERM);
      default -> null;
    };
  }

  private @Nullable Change recordChange(Entry entry, Set<ByteBuffer> fresh, boolean withVectors) {
    byte[] key = entry.key();
    return switch (entry.kind()) {
      case PUT -> {
        // Only the first of several: after it, the views know the ordinal.
        boolean isFresh = fresh.remove(ByteBuffer.wrap(key));
        RecordLayout.Row row = RecordLayout.decode(key, valueOf(entry));
        float[] vector = withVectors && isFresh && row.hasVector() ? vector(key) : null;
        yield new Change.RecordPut(recordRow(key, row, vector), isFresh);
      }
      case DELETE ->
          new Change.RecordRemoved(Keys.intAt(key, 0), Keys.intAt(key, 4), Keys.intAt(key, 8));
      // A whole collection goes with its description.
      case DELETE_PREFIX, REFERENCE -> null;
    };
  }

  private static @Nullable Change collectionChange(Entry entry) {
    if (entry.key()[0] != DESCRIPTOR) {
      return null;
    }
    int number = Keys.intAt(entry.key(), 1);
    return entry.kind() == Kind.DELETE
        ? new Change.CollectionDropped(number)
        : new Change.CollectionPut(
            collectionRow(number, CollectionLayout.decode(entry.key(), valueOf(entry))));
  }

  private static @Nullable Change synapseChange(Entry entry, Tier tier) {
    byte[] key = entry.key();
    return switch (entry.kind()) {
      case PUT -> new Change.SynapsePut(synapseRow(key, valueOf(entry), tier));
      case DELETE ->
          new Change.SynapseRemoved(
              Keys.intAt(key, 0),
              Keys.intAt(key, 4),
              Keys.intAt(key, 8),
              Keys.longAt(key, 12),
              tier);
      case DELETE_PREFIX, REFERENCE -> null;
    };
  }

  private float @Nullable [] vector(byte[] key) {
    byte[] stored = log.get(Family.VECTORS, key);
    return stored == null ? null : VectorLayout.decode(key, stored);
  }

  static CollectionRow collectionRow(int number, Descriptor descriptor) {
    return new CollectionRow(
        number,
        descriptor.epoch(),
        descriptor.kind(),
        descriptor.dimension(),
        descriptor.language());
  }

  static RecordRow recordRow(byte[] key, RecordLayout.Row row, float @Nullable [] vector) {
    return new RecordRow(
        Keys.intAt(key, 0),
        Keys.intAt(key, 4),
        Keys.intAt(key, 8),
        row.id(),
        row.text(),
        row.metadata(),
        vector,
        row.hasVector(),
        row.expiresAt(),
        row.createdAt(),
        row.times().occurredAt(),
        row.times().validFrom(),
        row.times().validUntil(),
        row.node());
  }

  static SynapseRow synapseRow(byte[] key, byte[] value, Tier tier) {
    SynapseLayout.Edge edge = SynapseLayout.decode(key, value);
    return new SynapseRow(
        Keys.intAt(key, 0),
        Keys.intAt(key, 4),
        Keys.intAt(key, 8),
        edge.relation(),
        Keys.longAt(key, 12),
        tier,
        edge.weight(),
        edge.activations(),
        edge.createdAt(),
        edge.lastAccessed());
  }

  private static byte[] valueOf(Entry entry) {
    return Objects.requireNonNull(entry.value());
  }
}
