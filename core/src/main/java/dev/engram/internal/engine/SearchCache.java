package dev.engram.internal.engine;

import dev.engram.Explanation;
import dev.engram.Filter;
import dev.engram.Limits;
import dev.engram.Search;
import dev.engram.SearchHit;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers to searches that were asked lately; what was not asked longest goes first. Thread-safe.
 *
 * <p>Why no answer is ever older than the last acknowledged commit: an answer is kept with the LSN
 * that {@link Touches} told before the search began, so that the search saw everything up to it. A
 * commit raises that LSN before it is acknowledged, and an answer with another LSN than the present
 * one is not given.
 *
 * <p>What has expired changes an answer without a commit. So a collection with expired records that
 * are not swept yet is searched anew; sweeping them is a commit.
 */
final class SearchCache {
  /** An answer that takes more than this share of all bytes is not kept. */
  private static final int LARGEST_SHARE = 8;

  private static final long BYTES_PER_ENTRY = 256;
  private static final long BYTES_PER_HIT = 256;
  private static final long BYTES_PER_CONTRIBUTION = 96;
  private static final long BYTES_PER_VALUE = 64;

  private final long maxBytes;
  private final Touches touches;
  private final Expiries expiries;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();

  /** In the order in which they were asked. Guarded by the lock, as are the bytes. */
  private final LinkedHashMap<Key, Answer> answers = new LinkedHashMap<>(16, .75f, true);

  private long bytes;

  private record Key(int collection, int epoch, Search search) {}

  private record Answer(long touched, List<SearchHit> hits, long bytes) {}

  /**
   * @param maxBytes heap for all answers, about; 0 keeps none
   */
  SearchCache(long maxBytes, Touches touches, Expiries expiries, InstantSource clock) {
    this.maxBytes = maxBytes;
    this.touches = touches;
    this.expiries = expiries;
    this.clock = clock;
  }

  /** The hits that are kept for a search; null where there are none that may be given. */
  @Nullable List<SearchHit> find(CatalogEntry collection, Search search) {
    if (maxBytes == 0 || anyExpired(collection)) {
      return null;
    }
    Key key = key(collection, search);
    lock.lock();
    try {
      Answer answer = answers.get(key);
      return answer != null && answer.touched == touches.of(collection) ? answer.hits : null;
    } finally {
      lock.unlock();
    }
  }

  /** Asks, and keeps the hits. */
  List<SearchHit> keep(CatalogEntry collection, Search search, Supplier<List<SearchHit>> ask) {
    long touched = touches.of(collection);
    List<SearchHit> hits = List.copyOf(ask.get());
    long size = bytes(search) + bytes(hits);
    if (size <= maxBytes / LARGEST_SHARE && !anyExpired(collection)) {
      keep(key(collection, search), new Answer(touched, hits, size));
    }
    return hits;
  }

  private void keep(Key key, Answer answer) {
    lock.lock();
    try {
      Answer old = answers.get(key);
      if (old != null && old.touched > answer.touched) {
        return;
      }
      answers.put(key, answer);
      bytes += answer.bytes - (old == null ? 0 : old.bytes);
      Iterator<Map.Entry<Key, Answer>> oldest = answers.entrySet().iterator();
      while (bytes > maxBytes || answers.size() > Limits.MAX_CACHED_SEARCHES) {
        bytes -= oldest.next().getValue().bytes;
        oldest.remove();
      }
    } finally {
      lock.unlock();
    }
  }

  private static Key key(CatalogEntry collection, Search search) {
    boolean says = search.recall().isPresent();
    // The target is part of the question: it may be another one by now.
    Search whole = says ? search : search.recall(collection.descriptor().recallTarget());
    return new Key(collection.number(), collection.epoch(), whole);
  }

  private boolean anyExpired(CatalogEntry collection) {
    return !expiries.of(collection, clock.millis()).isEmpty();
  }

  private static long bytes(Search search) {
    return BYTES_PER_ENTRY
        + search.positive().stream().mapToLong(id -> value(id.toString())).sum()
        + search.negative().stream().mapToLong(id -> value(id.toString())).sum()
        + search.vector().map(v -> 4L * v.length).orElse(0L)
        + search.words().map(w -> 2L * w.length()).orElse(0L)
        + search.filter().map(SearchCache::bytes).orElse(0L);
  }

  private static long bytes(Filter filter) {
    return BYTES_PER_VALUE
        + switch (filter) {
          case Filter.In in -> values(in.values());
          case Filter.Text text -> values(text.words());
          case Filter.Range range -> value(range.lower()) + value(range.upper());
          case Filter.And and -> and.operands().stream().mapToLong(SearchCache::bytes).sum();
          case Filter.Or or -> or.operands().stream().mapToLong(SearchCache::bytes).sum();
          case Filter.Not not -> bytes(not.operand());
          case Filter.All _, Filter.Exists _ -> 0;
        };
  }

  private static long values(Collection<?> values) {
    return values.stream().mapToLong(SearchCache::value).sum();
  }

  private static long value(@Nullable Object value) {
    return BYTES_PER_VALUE + (value instanceof String text ? 2L * text.length() : 0);
  }

  private static long bytes(List<SearchHit> hits) {
    long sum = 0;
    for (SearchHit hit : hits) {
      sum += BYTES_PER_HIT + 4L * hit.record().metadata().encodedBytes();
      sum += hit.record().text().map(text -> 2L * text.length()).orElse(0L);
      for (Explanation.Contribution part : hit.explanation().contributions()) {
        sum += BYTES_PER_CONTRIBUTION + 2L * part.detail().length();
      }
    }
    return sum;
  }
}
