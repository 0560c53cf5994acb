package dev.engram.internal.text;

import dev.engram.ClosedException;
import dev.engram.CorruptStoreException;
import dev.engram.InvalidInputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;

/**
 * A BM25 index of the texts of a whole store, with exact statistics for every scope: a collection
 * and an epoch. A scope costs nothing but its terms.
 *
 * <p>Thread-safe. Changes are serialised; searches run beside them and beside {@link #close}, and
 * see what was applied before the last {@link #refresh}. Changes are lost unless {@link #commit} is
 * called: the log replays them. It does not keep texts, does not know which documents ought to be
 * in it, and does not repair itself: after a {@link CorruptStoreException} of any method the owner
 * closes it, calls {@link #destroy} and applies everything again.
 *
 * <h2>Implementation</h2>
 *
 * Lucene, laid out as {@link TextLayout} says. Deleted documents leave its statistics only when
 * segments merge, so searches subtract them ({@link DeadDocuments}): equal contents give equal
 * scores, whatever their history. Files are checked by structure at open, and by checksum at open
 * if they are small, when they merge, and in {@link #verify}.
 */
public final class TextIndex implements AutoCloseable {
  /** An index up to this size is checked whole at open; that takes about ten milliseconds. */
  static final long MAX_CHECKED_AT_OPEN_BYTES = 16L << 20;

  private final Directory directory;
  private final IndexWriter writer;
  private final TextAnalysis analysis = new TextAnalysis();
  private final DocumentTemplate template = new DocumentTemplate();
  private final Object applying = new Object();
  private final Object refreshing = new Object();
  private volatile Snapshot snapshot;
  private volatile @Nullable TextWatermark watermark;
  private volatile boolean closed;
  private volatile long applied;
  private volatile long visible;

  private TextIndex(Directory directory, IndexWriter writer, boolean isNew) throws IOException {
    this.directory = directory;
    this.writer = writer;
    if (isNew) {
      writer.setLiveCommitData(Map.of(TextLayout.COMMIT_VERSION, TextLayout.VERSION).entrySet());
      writer.commit();
    }
    watermark = readWatermark(writer);
    DirectoryReader reader = DirectoryReader.open(writer);
    snapshot = new Snapshot(reader, null);
    if (!isNew && IndexFiles.bytes(directory) <= MAX_CHECKED_AT_OPEN_BYTES) {
      checkAtOpen(reader);
    }
  }

  private static void checkAtOpen(DirectoryReader reader) throws IOException {
    try {
      IndexFiles.check(reader, new HashSet<>());
    } catch (Throwable e) {
      IOUtils.closeWhileHandlingException(reader);
      throw e;
    }
  }

  /**
   * Opens the index in a directory, or creates both.
   *
   * @throws CorruptStoreException if the index is damaged, incomplete or of another version
   */
  public static TextIndex open(Path path) {
    Directory directory;
    try {
      directory = IndexFiles.open(path);
    } catch (IOException | RuntimeException e) {
      throw Failures.translate("open text index", e);
    }
    return open(directory);
  }

  /** An empty index in memory; a commit of it is durable only as long as this object. */
  public static TextIndex inMemory() {
    return open(new ByteBuffersDirectory());
  }

  private static TextIndex open(Directory directory) {
    IndexWriter writer = null;
    try {
      boolean isNew = IndexFiles.isNew(directory);
      writer = new IndexWriter(directory, IndexFiles.writing());
      return new TextIndex(directory, writer, isNew);
    } catch (IOException | RuntimeException | AssertionError e) {
      abandon(writer);
      IOUtils.closeWhileHandlingException(directory);
      throw Failures.translate("open text index", e);
    }
  }

  private static void abandon(@Nullable IndexWriter writer) {
    try {
      if (writer != null) {
        writer.rollback();
      }
    } catch (IOException | RuntimeException | AssertionError e) {
      return; // the failure that led here is reported instead
    }
  }

  private static @Nullable TextWatermark readWatermark(IndexWriter writer) {
    Map<String, String> data = new HashMap<>();
    writer.getLiveCommitData().forEach(entry -> data.put(entry.getKey(), entry.getValue()));
    if (!TextLayout.VERSION.equals(data.get(TextLayout.COMMIT_VERSION))) {
      throw new CorruptStoreException(
          "open text index: version=" + data.get(TextLayout.COMMIT_VERSION) + "; rebuild it");
    }
    String store = data.get(TextLayout.COMMIT_STORE);
    return store == null
        ? null
        : new TextWatermark(
            Long.parseLong(data.getOrDefault(TextLayout.COMMIT_TIMELINE, "")),
            Long.parseLong(data.getOrDefault(TextLayout.COMMIT_LSN, "")),
            store);
  }

  /** Deletes the files of a closed index, damaged or not, and its directory. */
  public static void destroy(Path path) {
    try {
      IndexFiles.destroy(path);
    } catch (IOException e) {
      throw Failures.translate("destroy text index", e);
    }
  }

  /**
   * The names of the files of the last commit of an index, which may be open meanwhile; the one
   * that names the others first, and none where there is no commit.
   */
  public static List<String> committedFiles(Path path) throws IOException {
    return IndexFiles.committed(path);
  }

  /**
   * Reads the end of a file of a directory, of an index that may be open, or all of its bytes, and
   * compares the checksum.
   *
   * @throws CorruptStoreException where it is damaged or missing
   */
  public static void check(Path file, boolean whole) {
    try {
      IndexFiles.check(file, whole);
    } catch (IOException | RuntimeException e) {
      throw Failures.translate("check " + file.getFileName(), e);
    }
  }

  /**
   * Analyses a text for {@link #add} or {@link #put}; takes no lock, so callers do it before they
   * queue.
   *
   * @throws InvalidInputException for an unknown language
   */
  public AnalyzedText analyze(String text, String language) {
    return analysis.analyze(text, language);
  }

  /** Inserts a document whose key is not in the index; the caller knows, nothing checks it. */
  public void add(int collection, int epoch, int ordinal, AnalyzedText text) {
    long scope = TextLayout.scope(collection, epoch);
    TextLayout.checkOrdinal(ordinal);
    apply(() -> writer.addDocument(template.fill(scope, ordinal, text)));
  }

  /** Inserts a document or replaces the one with the same key. */
  public void put(int collection, int epoch, int ordinal, AnalyzedText text) {
    long scope = TextLayout.scope(collection, epoch);
    Term key = TextLayout.keyTerm(scope, ordinal);
    apply(() -> writer.updateDocument(key, template.fill(scope, ordinal, text)));
  }

  /** Analyses a text, then inserts it or replaces the document with the same key. */
  public void put(int collection, int epoch, int ordinal, String text, String language) {
    put(collection, epoch, ordinal, analyze(text, language));
  }

  /** Deletes a document; no effect if there is none. */
  public void delete(int collection, int epoch, int ordinal) {
    Term key = TextLayout.keyTerm(TextLayout.scope(collection, epoch), ordinal);
    apply(() -> writer.deleteDocuments(key));
  }

  /** Deletes all documents of a scope; no effect if there are none. */
  public void deleteScope(int collection, int epoch) {
    long scope = TextLayout.scope(collection, epoch);
    Term marker = new Term(TextLayout.MARKER, TextLayout.marker(scope));
    apply(() -> writer.deleteDocuments(marker));
  }

  /** Deletes all documents of all scopes. The watermark of the last commit stays until the next. */
  public void clear() {
    apply(writer::deleteAll);
  }

  private void apply(Change change) {
    synchronized (applying) {
      try {
        change.run();
        applied++;
      } catch (IOException | RuntimeException | AssertionError e) {
        throw failed("change text index", e);
      }
    }
  }

  /** Makes all changes applied so far visible to searches that start later. */
  public void refresh() {
    if (closed) {
      throw closedException();
    }
    if (visible == applied) {
      return;
    }
    synchronized (refreshing) {
      try {
        long upTo = applied;
        Uninterrupted.run(() -> publish(DirectoryReader.openIfChanged(snapshot.reader(), writer)));
        visible = upTo;
      } catch (IOException | RuntimeException | AssertionError e) {
        throw failed("refresh text index", e);
      }
    }
  }

  private void publish(@Nullable DirectoryReader reader) throws IOException {
    if (reader != null) {
      Snapshot old = snapshot;
      snapshot = new Snapshot(reader, old);
      old.release();
    }
  }

  /** Merges away the deleted documents; in files with the next {@link #commit}. */
  public void compact() {
    try {
      Uninterrupted.run(writer::forceMergeDeletes);
    } catch (IOException | RuntimeException | AssertionError e) {
      throw failed("compact text index", e);
    }
  }

  /** Makes all changes applied so far durable, together with the watermark; all or nothing. */
  public void commit(TextWatermark upTo) {
    Map<String, String> data =
        Map.of(
            TextLayout.COMMIT_VERSION, TextLayout.VERSION,
            TextLayout.COMMIT_TIMELINE, Long.toString(upTo.timeline()),
            TextLayout.COMMIT_LSN, Long.toString(upTo.lsn()),
            TextLayout.COMMIT_STORE, upTo.storeId());
    synchronized (applying) {
      try {
        writer.setLiveCommitData(data.entrySet());
        Uninterrupted.run(writer::commit);
        watermark = upTo;
      } catch (IOException | RuntimeException | AssertionError e) {
        throw failed("commit text index", e);
      }
    }
  }

  /** The watermark of the last commit; empty before the first. */
  public Optional<TextWatermark> committedWatermark() {
    return Optional.ofNullable(watermark);
  }

  /**
   * The best hits, best first; equal scores by lower ordinal. Never fewer than the limit if as many
   * allowed documents share a term with the question. Empty if the question has no term: it is
   * blank or only of stop words, which are not indexed.
   *
   * @throws CorruptStoreException if damage shows; small damage may not show before {@link #verify}
   */
  public List<TextHit> search(TextQuery query) {
    AnalyzedText question = analyze(query.text(), query.language());
    return read(
        "search text index",
        seen -> question.size() == 0 ? List.of() : new ScopedSearch(seen, query, question).hits());
  }

  /**
   * What each matching term of a question adds to the score of one document; empty if it has none
   * or does not exist. Limit and filter of the query do not matter.
   */
  public List<TermScore> explain(TextQuery query, int ordinal) {
    AnalyzedText question = analyze(query.text(), query.language());
    return read(
        "explain text search", seen -> new ScopedSearch(seen, query, question).explain(ordinal));
  }

  /**
   * How often each term of a question occurs in some documents, whether they match or not. Limit
   * and filter of the query do not matter.
   *
   * @param ordinals ascending; those that are not there have no terms
   */
  public TermTable occurrences(TextQuery query, int[] ordinals) {
    AnalyzedText question = analyze(query.text(), query.language());
    return read(
        "look up terms", seen -> new ScopedSearch(seen, query, question).occurrences(ordinals));
  }

  /** Whether a document is visible. */
  public boolean contains(int collection, int epoch, int ordinal) {
    long scope = TextLayout.scope(collection, epoch);
    return read("look up text", seen -> seen.locate(scope, ordinal) != null);
  }

  /** The {@link AnalyzedText#hash} of what a visible document was made from; empty without one. */
  public OptionalLong hash(int collection, int epoch, int ordinal) {
    long scope = TextLayout.scope(collection, epoch);
    return read(
        "look up text",
        seen -> {
          Snapshot.Location at = seen.locate(scope, ordinal);
          return at == null
              ? OptionalLong.empty()
              : OptionalLong.of(
                  value(at.leaf().reader().getNumericDocValues(TextLayout.HASH), at.doc()));
        });
  }

  /** The number of visible documents of a scope. */
  public long count(int collection, int epoch) {
    long scope = TextLayout.scope(collection, epoch);
    return read("count texts", seen -> seen.size(scope).count());
  }

  /** Visits every visible document, for comparison with what ought to be there. */
  public void forEachKey(KeyVisitor visitor) {
    read(
        "list texts",
        seen -> {
          for (LeafReaderContext leaf : seen.leaves()) {
            visit(leaf.reader(), visitor);
          }
          return true;
        });
  }

  private static void visit(LeafReader leaf, KeyVisitor visitor) throws IOException {
    NumericDocValues scopes = leaf.getNumericDocValues(TextLayout.SCOPE);
    NumericDocValues ordinals = leaf.getNumericDocValues(TextLayout.ORDINAL);
    NumericDocValues hashes = leaf.getNumericDocValues(TextLayout.HASH);
    Bits live = leaf.getLiveDocs();
    for (int doc = 0; doc < leaf.maxDoc(); doc++) {
      if (live == null || live.get(doc)) {
        long scope = value(scopes, doc);
        show(visitor, scope, (int) value(ordinals, doc), value(hashes, doc));
      }
    }
  }

  private static void show(KeyVisitor visitor, long scope, int ordinal, long hash) {
    try {
      visitor.visit(TextLayout.collection(scope), TextLayout.epoch(scope), ordinal, hash);
    } catch (RuntimeException | Error e) {
      throw new CallerFailure(e);
    }
  }

  private static long value(@Nullable NumericDocValues values, int doc) throws IOException {
    if (values == null || !values.advanceExact(doc)) {
      throw new CorruptStoreException("list texts: a document has no key; rebuild the text index");
    }
    return values.longValue();
  }

  /**
   * Reads every byte of the index, committed and visible, and compares the checksums. Whether the
   * right documents are in it, the caller finds by {@link #forEachKey}.
   *
   * @throws CorruptStoreException if a file is damaged
   */
  public void verify() {
    read(
        "verify text index",
        seen -> {
          Set<String> checked = IndexFiles.checkCommit(directory);
          IndexFiles.check(seen.reader(), checked);
          return true;
        });
  }

  /** Sizes, for monitoring. */
  public TextStats stats() {
    return read(
        "measure text index",
        seen ->
            new TextStats(
                seen.reader().numDocs(),
                IndexFiles.bytes(directory),
                seen.leaves().size(),
                writer.ramBytesUsed()));
  }

  private <T> T read(String action, Reading<T> reading) {
    Snapshot seen = acquire();
    try {
      return reading.from(seen);
    } catch (IOException | RuntimeException | AssertionError e) {
      throw failed(action, e);
    } finally {
      release(seen);
    }
  }

  private Snapshot acquire() {
    while (!closed) {
      Snapshot seen = snapshot;
      if (seen.acquire()) {
        return seen;
      }
    }
    throw closedException();
  }

  private static void release(Snapshot seen) {
    try {
      seen.release();
    } catch (IOException e) {
      throw Failures.translate("close text index", e);
    }
  }

  private RuntimeException failed(String action, Throwable failure) {
    if (!(failure instanceof AlreadyClosedException)) {
      return Failures.translate(action, failure);
    }
    Throwable tragedy = writer.getTragicException();
    return tragedy == null || closed ? closedException() : Failures.translate(action, tragedy);
  }

  private static ClosedException closedException() {
    return new ClosedException("text index is closed; open the store again");
  }

  /** Drops what is not committed and releases the files; running searches finish. Idempotent. */
  @Override
  public void close() {
    synchronized (applying) {
      synchronized (refreshing) {
        if (closed) {
          return;
        }
        closed = true;
        try (directory) {
          snapshot.release();
          Uninterrupted.run(writer::rollback);
        } catch (IOException | RuntimeException | AssertionError e) {
          throw failed("close text index", e);
        }
      }
    }
  }

  /** A change by the writer. */
  @FunctionalInterface
  private interface Change {
    void run() throws IOException;
  }

  /** A read of a snapshot. */
  @FunctionalInterface
  private interface Reading<T> {
    T from(Snapshot seen) throws IOException;
  }
}
