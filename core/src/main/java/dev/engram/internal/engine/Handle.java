package dev.engram.internal.engine;

import dev.engram.CancelledException;
import dev.engram.CollectionInfo;
import dev.engram.Filter;
import dev.engram.InvalidInputException;
import dev.engram.Page;
import dev.engram.Progress;
import dev.engram.Scan;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.format.CounterKind;
import dev.engram.internal.format.Digest;
import dev.engram.internal.format.Keys;
import dev.engram.internal.log.Family;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the handles of collections and spaces have in common: a name, and the transaction they
 * belong to, or none, when each call is a transaction of its own.
 */
final class Handle {
  /** Most items of a streamed commit. */
  static final int BATCH_ITEMS = 1_000;

  /** Most items of a streamed commit that an embedder works on: some seconds with a model. */
  static final int EMBEDDED_BATCH_ITEMS = 64;

  /** A streamed commit takes no further item once it has this many bytes. */
  static final long BATCH_BYTES = 4L << 20;

  private final OpenStore store;
  private final String name;
  private final @Nullable Session session;

  Handle(OpenStore store, String name, @Nullable Session session) {
    this.store = store;
    this.name = name;
    this.session = session;
  }

  OpenStore store() {
    return store;
  }

  String name() {
    return name;
  }

  boolean inTransaction() {
    return session != null;
  }

  /** Runs in the handle's transaction, or in one of its own that is committed. */
  <T> T write(Function<Session, T> work) {
    return session != null ? change(session, work) : store.inTransaction(work);
  }

  /** A change that fails half-way must not be committed with the rest of the transaction. */
  private static <T> T change(Session session, Function<Session, T> work) {
    int before = session.tx().size();
    try {
      return work.apply(session);
    } catch (RuntimeException | Error e) {
      if (session.tx().size() > before) {
        session.tx().spoil();
      }
      throw e;
    }
  }

  /** Runs in the handle's transaction, or in one of its own that is not committed. */
  <T> T read(Function<Session, T> work) {
    if (session != null) {
      return work.apply(session);
    }
    try (Session own = store.session()) {
      return work.apply(own);
    }
  }

  CollectionInfo info(Function<Session, CatalogEntry> find) {
    return read(s -> store.describe(find.apply(s), count(s, find.apply(s))));
  }

  long count(Session s, CatalogEntry entry) {
    long rows = s.tx().counter(entry.number(), CounterKind.LIVE);
    return rows - Expiries.of(entry, s.tx().now(), s.tx()::scanFrom).size();
  }

  /** A page in the order of the ids' digests. */
  <T> Page<T> scan(Scan scan, CatalogEntry entry, Session s, Function<Stored, T> view) {
    byte[] prefix = Keys.collection(entry.number());
    byte[] from = scan.cursor().map(c -> after(entry, c)).orElse(prefix);
    Records records = new Records(s);
    List<T> items = new ArrayList<>();
    byte[][] lastKey = {null};
    boolean[] more = {false};
    s.tx()
        .scan(
            Family.IDS,
            from,
            prefix,
            (key, value) -> {
              if (items.size() == scan.limit()) {
                more[0] = true;
                return false;
              }
              Stored stored = records.load(entry, key);
              if (stored != null && shows(scan, s, stored)) {
                items.add(view.apply(stored));
              }
              lastKey[0] = key;
              return true;
            });
    Optional<String> next =
        more[0]
            ? Optional.of(HexFormat.of().formatHex(lastKey[0], 4, 4 + Digest.KEY_BYTES))
            : Optional.empty();
    return new Page<>(items, next);
  }

  private static boolean shows(Scan scan, Session s, Stored stored) {
    return stored.row().visibleAt(s.tx().now())
        && scan.filter().map(f -> f.matches(stored.row().metadata())).orElse(true);
  }

  private static byte[] after(CatalogEntry entry, String cursor) {
    byte[] digest;
    try {
      digest = HexFormat.of().parseHex(cursor);
    } catch (IllegalArgumentException e) {
      throw badCursor(e);
    }
    if (digest.length != Digest.KEY_BYTES) {
      throw badCursor(null);
    }
    byte[] key = Keys.digest(entry.number(), digest);
    return java.util.Arrays.copyOf(key, key.length + 1);
  }

  private static InvalidInputException badCursor(@Nullable Throwable cause) {
    return new InvalidInputException(
        "invalid scan: the cursor is not one that a page gave; start again without a cursor",
        cause);
  }

  /** Takes a stream apart into commits of bounded size: {@code most} items or some megabytes. */
  <T> long stream(
      String operation,
      Iterator<T> items,
      int most,
      Progress progress,
      ToLongFunction<T> bytes,
      BiConsumer<Session, List<T>> store) {
    long done = 0;
    List<T> batch = new ArrayList<>();
    long batchBytes = 0;
    while (items.hasNext()) {
      T item = items.next();
      batch.add(item);
      batchBytes += bytes.applyAsLong(item);
      if (batch.size() == most || batchBytes >= BATCH_BYTES) {
        done += flush(batch, store);
        batch.clear();
        batchBytes = 0;
        progress.report(new Progress.Update(operation, done, -1, name));
        checkInterrupt(operation, done);
      }
    }
    done += flush(batch, store);
    progress.report(new Progress.Update(operation, done, done, name));
    return done;
  }

  private <T> int flush(List<T> batch, BiConsumer<Session, List<T>> store) {
    if (!batch.isEmpty()) {
      boolean _ =
          write(s -> {
            store.accept(s, batch);
            return true;
          });
    }
    return batch.size();
  }

  /** Whether a transaction has enough for one commit: what is left is for the next one. */
  static boolean isFull(Session s) {
    return s.tx().bytes() >= BATCH_BYTES;
  }

  /** Finds the keys of the next rows after a key, in order; the first ones after an empty key. */
  @FunctionalInterface
  interface Finder {
    List<byte[]> after(Session session, byte[] key);
  }

  /**
   * Goes through rows in the order of their keys, some at a time, until none is found.
   *
   * @return the sum of what the work on each part returned
   */
  long inParts(Finder next, ToLongFunction<List<byte[]>> work) {
    long sum = 0;
    byte[] after = {};
    while (true) {
      byte[] from = after;
      List<byte[]> part = read(s -> next.after(s, from));
      if (part.isEmpty()) {
        return sum;
      }
      after = part.getLast();
      sum += work.applyAsLong(part);
    }
  }

  /** Changes what matches, in parts, each a transaction that looks again whether it matches. */
  long forMatches(
      Function<Session, CatalogEntry> find,
      Filter filter,
      BiFunction<Session, Stored, Boolean> change) {
    CatalogEntry entry = read(find);
    int[] ordinals = store.searcher().lookup().matching(entry, filter).toArray();
    long changed = 0;
    for (int from = 0; from < ordinals.length; from += BATCH_ITEMS) {
      int start = from;
      int end = Math.min(ordinals.length, from + BATCH_ITEMS);
      changed +=
          write(s -> {
            long inPart = 0;
            for (int i = start; i < end; i++) {
              byte[] key = Keys.record(entry.number(), entry.epoch(), ordinals[i]);
              inPart += changeOne(s, key, filter, change);
            }
            return inPart;
          });
      checkInterrupt("change by filter", changed);
    }
    return session == null
        ? changed
        : changed + ownMatches(session, entry, filter, ordinals, change);
  }

  /** What the transaction itself wrote is in no index yet. */
  private static long ownMatches(
      Session s,
      CatalogEntry entry,
      Filter filter,
      int[] indexed,
      BiFunction<Session, Stored, Boolean> change) {
    java.util.Set<Integer> seen = new java.util.HashSet<>();
    for (int ordinal : indexed) {
      seen.add(ordinal);
    }
    long[] changed = {0};
    s.tx()
        .scanOwn(
            Family.RECORDS,
            Keys.collection(entry.number()),
            (key, value) -> {
              if (!seen.contains(Keys.intAt(key, 8))) {
                changed[0] += changeOne(s, key, filter, change);
              }
              return true;
            });
    return changed[0];
  }

  private static int changeOne(
      Session s, byte[] recordKey, Filter filter, BiFunction<Session, Stored, Boolean> change) {
    Stored stored = new Records(s).at(recordKey);
    boolean matches = stored != null && filter.matches(stored.row().metadata());
    return matches && change.apply(s, stored) ? 1 : 0;
  }

  static void checkInterrupt(String operation, long done) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancelledException(
          "cancelled by an interrupt: operation="
              + operation
              + ", done="
              + done
              + "; what was committed stays");
    }
  }
}
