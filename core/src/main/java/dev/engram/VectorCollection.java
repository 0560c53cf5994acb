package dev.engram;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * A collection of records with vectors, texts and metadata. Thread-safe. Got from {@link Engram}
 * each method is one commit of its own; got from a {@link Transaction} it is a part of that, and
 * searches see the commits before it but not its own writes.
 */
public interface VectorCollection {
  String name();

  CollectionInfo info();

  /** Inserts or replaces one record, whole. */
  void upsert(VectorRecord record);

  /** Inserts or replaces many records in one commit: all or nothing. */
  void upsert(List<VectorRecord> records);

  /**
   * Inserts or replaces a stream of any length in bounded memory, in commits of about a thousand
   * records. On an error or a cancellation the commits before it stay.
   *
   * @return records stored
   */
  long upsertAll(Iterator<VectorRecord> records, Progress progress);

  Optional<VectorRecord> get(RecordId id);

  default Optional<VectorRecord> get(String id) {
    return get(RecordId.of(id));
  }

  /** Deletes a record; false where it was not there. */
  boolean delete(RecordId id);

  default boolean delete(String id) {
    return delete(RecordId.of(id));
  }

  /**
   * Deletes what matches, in commits of about a thousand records (in a transaction: in that).
   *
   * @return records deleted
   */
  long deleteWhere(Filter filter);

  /** Changes metadata and keeps the rest; false where the record is not there. */
  boolean patch(RecordId id, MetadataPatch patch);

  default boolean patch(String id, MetadataPatch patch) {
    return patch(RecordId.of(id), patch);
  }

  /** Changes the metadata of all that match, in commits of about a thousand records. */
  long patchWhere(Filter filter, MetadataPatch patch);

  /** A page of records without their vectors. */
  Page<VectorRecord> scan(Scan scan);

  /** Live records. */
  long count();

  /** Live records whose metadata match. */
  long count(Filter filter);

  /** The best hits, best first; fewer than the limit only where fewer match. */
  List<SearchHit> search(Search search);

  /**
   * Many searches on all cores: the hits of each, in the order of the searches. Each sees at least
   * the commits that were acknowledged before this call; where one fails, so does the call.
   *
   * @param searches at most {@link Limits#MAX_BATCH_SEARCHES}
   */
  List<List<SearchHit>> searchAll(List<Search> searches);

  /** What the vector index is like; it is loaded where it was not asked for yet. */
  IndexInfo index();

  /** Makes a search, and tells how it was answered and where the time went. */
  SearchPlan explain(Search search);
}
