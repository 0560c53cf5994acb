package dev.engram.internal.engine;

import dev.engram.CorruptStoreException;
import dev.engram.InvalidInputException;
import dev.engram.Limits;
import dev.engram.Metadata;
import dev.engram.Provenance;
import dev.engram.RecordId;
import dev.engram.VectorRecord;
import dev.engram.internal.format.CounterKind;
import dev.engram.internal.format.EmptyRow;
import dev.engram.internal.format.IdLayout;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.PointerLayout;
import dev.engram.internal.format.PointerLayout.Pointer;
import dev.engram.internal.format.RecordLayout;
import dev.engram.internal.format.RecordLayout.Row;
import dev.engram.internal.format.Times;
import dev.engram.internal.format.VectorLayout;
import dev.engram.internal.log.Family;
import dev.engram.internal.vector.VectorCheck;
import dev.engram.spi.Change;
import dev.engram.spi.RecordRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records as rows: a row of {@code records} and one of {@code vectors} under the ordinal, a row of
 * {@code ids} that leads to it, and a row of {@code expiry} where it expires. An ordinal is
 * replaced when text or vector change, so that what is indexed under it never does. Works inside
 * one transaction; not thread-safe.
 */
final class Records {
  /** The node number of a record that is no memory. */
  static final int NO_NODE = -1;

  private final Session session;
  private final Tx tx;

  Records(Session session) {
    this.session = session;
    this.tx = session.tx();
  }

  /** A record's row with its key. */
  record Stored(byte[] key, Row row) {
    int ordinal() {
      return Keys.intAt(key, 8);
    }

    int epoch() {
      return Keys.intAt(key, 4);
    }
  }

  /** What is to be stored; the time to live is resolved already. */
  record Content(
      RecordId id,
      @Nullable String text,
      float @Nullable [] vector,
      Metadata metadata,
      @Nullable Provenance provenance,
      long expiresAt,
      int node,
      Times times) {}

  /** Inserts or replaces plain records. */
  void upsertAll(CatalogEntry collection, List<VectorRecord> records) {
    if (records.size() > 1) {
      List<byte[]> keys = records.stream().map(record -> idKey(collection, record.id())).toList();
      tx.readAhead(Family.IDS, keys);
    }
    records.forEach(record -> upsert(collection, record));
  }

  /** Inserts or replaces a plain record. */
  void upsert(CatalogEntry collection, VectorRecord record) {
    float[] vector = record.vector().orElse(null);
    if (vector != null) {
      VectorCheck.check(
          vector, collection.descriptor().dimension(), collection.descriptor().metric());
    }
    String text = record.text().orElse(null);
    if (text != null) {
      checkText(text);
    }
    long expiresAt =
        expiry(collection, record.expiresAt().orElse(null), record.timeToLive().orElse(null));
    put(
        collection,
        new Content(
            record.id(), text, vector, record.metadata(), null, expiresAt, NO_NODE, Times.NONE));
  }

  /** The visible record of an id. */
  @Nullable Stored find(CatalogEntry collection, RecordId id) {
    Stored stored = load(collection, idKey(collection, id));
    return stored != null && stored.row().visibleAt(tx.now()) ? stored : null;
  }

  /** The record under an ordinal, if it is visible. */
  @Nullable Stored at(byte[] recordKey) {
    byte[] value = tx.get(Family.RECORDS, recordKey);
    if (value == null) {
      return null;
    }
    Row row = RecordLayout.decode(recordKey, value);
    return row.visibleAt(tx.now()) ? new Stored(recordKey, row) : null;
  }

  float @Nullable [] vector(Stored stored) {
    return stored.row().hasVector() ? vector(stored, tx.get(Family.VECTORS, stored.key())) : null;
  }

  /**
   * The vectors of many records; null for those that have none.
   *
   * @param records of one collection, in the order of their keys
   */
  List<float @Nullable []> vectors(List<Stored> records) {
    List<byte[]> keys =
        records.stream().filter(each -> each.row().hasVector()).map(Stored::key).toList();
    Iterator<byte @Nullable []> values = tx.getOrdered(Family.VECTORS, keys).iterator();
    List<float @Nullable []> vectors = new ArrayList<>(records.size());
    for (Stored record : records) {
      vectors.add(record.row().hasVector() ? vector(record, values.next()) : null);
    }
    return vectors;
  }

  private static float[] vector(Stored stored, byte @Nullable [] value) {
    if (value == null) {
      throw new CorruptStoreException(
          "a record lacks its vector: collection="
              + Keys.intAt(stored.key(), 0)
              + ", ordinal="
              + stored.ordinal()
              + "; run 'engram check'");
    }
    return VectorLayout.decode(stored.key(), value);
  }

  /**
   * Inserts or replaces.
   *
   * @return the row as it is now
   */
  Stored put(CatalogEntry collection, Content content) {
    tx.rely(Family.CONFIG, collection.key());
    byte[] idKey = idKey(collection, content.id());
    tx.claim(Family.IDS, idKey);
    Stored old = load(collection, idKey);
    boolean keeps = old != null && sameContent(old, content);
    Row before = old != null && old.row().visibleAt(tx.now()) ? old.row() : null;
    Row row =
        new Row(
            content.id(),
            before == null ? tx.now() : before.createdAt(),
            tx.now(),
            content.expiresAt(),
            content.node(),
            content.times(),
            content.text(),
            content.vector() != null,
            content.provenance(),
            content.metadata());
    if (before != null) {
      row = recorded(collection, before, row);
    }
    if (old != null && keeps) {
      return keep(old, row);
    }
    if (old != null) {
      removeRow(old);
    } else {
      tx.adjust(collection.number(), CounterKind.LIVE, 1);
    }
    return insert(collection, idKey, row, content.vector());
  }

  /** Brings back a record that was deleted, as it was; its id is free. */
  Stored restore(CatalogEntry collection, Row row, float @Nullable [] vector) {
    tx.rely(Family.CONFIG, collection.key());
    byte[] idKey = idKey(collection, row.id());
    tx.claim(Family.IDS, idKey);
    tx.adjust(collection.number(), CounterKind.LIVE, 1);
    return insert(collection, idKey, row, vector);
  }

  /** Changes metadata and keeps everything else, the ordinal included. */
  Stored patch(CatalogEntry collection, Stored old, Metadata metadata) {
    tx.rely(Family.CONFIG, collection.key());
    tx.claim(Family.IDS, idKey(collection, old.row().id()));
    return keep(old, recorded(collection, old.row(), old.row().withMetadata(metadata, tx.now())));
  }

  /** Changes the times of what a memory tells of, and keeps everything else. */
  Stored during(CatalogEntry collection, Stored old, Times times) {
    tx.rely(Family.CONFIG, collection.key());
    tx.claim(Family.IDS, idKey(collection, old.row().id()));
    return keep(old, recorded(collection, old.row(), old.row().withTimes(times, tx.now())));
  }

  /**
   * The history keeps what a memory said before. One that goes on saying the same, such as one that
   * gets its vector, is on record since as long as before.
   */
  private Row recorded(CatalogEntry collection, Row old, Row row) {
    if (row.node() == NO_NODE) {
      return row;
    }
    if (row.saysTheSame(old)) {
      return row.since(old.updatedAt());
    }
    new History(session, collection).ended(old);
    return row;
  }

  /** Changes when a record expires (0 for never) and keeps everything else. */
  Stored expireAt(CatalogEntry collection, Stored old, long expiresAt) {
    tx.claim(Family.IDS, idKey(collection, old.row().id()));
    return keep(old, old.row().expiringAt(expiresAt));
  }

  /** Deletes a record, visible or expired. */
  void delete(CatalogEntry collection, Stored old) {
    tx.rely(Family.CONFIG, collection.key());
    byte[] idKey = idKey(collection, old.row().id());
    tx.claim(Family.IDS, idKey);
    removeRow(old);
    if (old.row().node() != NO_NODE) {
      new History(session, collection).ended(old.row());
    }
    tx.delete(Family.IDS, idKey);
    tx.adjust(collection.number(), CounterKind.LIVE, -1);
  }

  /** The record of an id, also when it has expired and is not swept yet. */
  @Nullable Stored load(CatalogEntry collection, byte[] idKey) {
    byte[] pointer = tx.get(Family.IDS, idKey);
    if (pointer == null) {
      return null;
    }
    byte[] key = PointerLayout.decode(idKey, pointer).recordKey(collection.number());
    byte[] value = tx.get(Family.RECORDS, key);
    if (value == null) {
      throw new CorruptStoreException(
          "an id leads nowhere: collection=" + collection.number() + "; run 'engram check'");
    }
    return new Stored(key, RecordLayout.decode(key, value));
  }

  static byte[] idKey(CatalogEntry collection, RecordId id) {
    return Keys.digest(collection.number(), IdLayout.digest(id));
  }

  /** When something stored now expires; 0 for never. */
  long expiry(CatalogEntry collection, @Nullable Instant instant, @Nullable Duration timeToLive) {
    if (instant != null) {
      return Math.max(1, instant.toEpochMilli());
    }
    if (timeToLive != null) {
      return tx.now() + timeToLive.toMillis();
    }
    long byDefault = collection.descriptor().timeToLiveMillis();
    return byDefault == 0 ? 0 : tx.now() + byDefault;
  }

  static void checkText(String text) {
    long bytes = Limits.utf8Bytes("text", text);
    if (bytes > Limits.MAX_TEXT_BYTES) {
      throw new InvalidInputException(
          "invalid text: bytes="
              + bytes
              + ", allowed=0.."
              + Limits.MAX_TEXT_BYTES
              + "; split it into parts");
    }
  }

  private Stored insert(CatalogEntry collection, byte[] idKey, Row row, float @Nullable [] vector) {
    int ordinal = session.store().ordinals().take(collection.number());
    tx.raise(collection.number(), CounterKind.ORDINALS, ordinal + 1L);
    byte[] key = Keys.record(collection.number(), collection.epoch(), ordinal);
    Pointer pointer = new Pointer(collection.epoch(), ordinal);
    tx.put(Family.IDS, idKey, PointerLayout.encode(idKey, pointer));
    if (vector != null) {
      tx.put(Family.VECTORS, key, VectorLayout.encode(key, vector));
    }
    if (row.expiresAt() != 0) {
      putExpiry(row.expiresAt(), key);
    }
    Stored stored = new Stored(key, row);
    write(stored, vector, true);
    return stored;
  }

  /** Replaces a row under the same ordinal: text and vector are the same. */
  private Stored keep(Stored old, Row row) {
    replaceExpiry(old, row);
    Stored kept = new Stored(old.key(), row);
    write(kept, null, false);
    return kept;
  }

  private void write(Stored stored, float @Nullable [] vector, boolean fresh) {
    byte[] key = stored.key();
    Row row = stored.row();
    tx.put(Family.RECORDS, key, RecordLayout.encode(key, row));
    tx.tell(
        new Change.RecordPut(
            new RecordRow(
                Keys.intAt(key, 0),
                stored.epoch(),
                stored.ordinal(),
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
                row.node()),
            fresh));
  }

  private void removeRow(Stored old) {
    tx.delete(Family.RECORDS, old.key());
    if (old.row().expiresAt() != 0) {
      tx.delete(Family.EXPIRY, Keys.expiry(old.row().expiresAt(), old.key()));
    }
    tx.tell(new Change.RecordRemoved(Keys.intAt(old.key(), 0), old.epoch(), old.ordinal()));
  }

  private void replaceExpiry(Stored old, Row row) {
    long before = old.row().expiresAt();
    if (before == row.expiresAt()) {
      return;
    }
    if (before != 0) {
      tx.delete(Family.EXPIRY, Keys.expiry(before, old.key()));
    }
    if (row.expiresAt() != 0) {
      putExpiry(row.expiresAt(), old.key());
    }
  }

  private void putExpiry(long expiresAt, byte[] recordKey) {
    byte[] key = Keys.expiry(expiresAt, recordKey);
    tx.put(Family.EXPIRY, key, EmptyRow.encode(key));
    session.store().expiries().expect(expiresAt);
  }

  private boolean sameContent(Stored old, Content content) {
    Row row = old.row();
    return java.util.Objects.equals(row.text(), content.text())
        && row.node() == content.node()
        && Arrays.equals(vector(old), content.vector());
  }
}
