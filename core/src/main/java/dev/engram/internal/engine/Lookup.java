package dev.engram.internal.engine;

import dev.engram.CorruptStoreException;
import dev.engram.Filter;
import dev.engram.Recall;
import dev.engram.StaleViewException;
import dev.engram.StorageException;
import dev.engram.internal.filter.FilterIndex;
import dev.engram.internal.filter.OrdinalSet;
import dev.engram.internal.recall.Chronicle;
import dev.engram.internal.recall.Moments;
import dev.engram.internal.text.TermScore;
import dev.engram.internal.text.TermTable;
import dev.engram.internal.text.TextHit;
import dev.engram.internal.text.TextQuery;
import dev.engram.internal.vector.Hits;
import dev.engram.internal.vector.PartitionedVectorIndex;
import dev.engram.internal.vector.SearchTrace;
import dev.engram.internal.vector.SearchTrace.Phase;
import dev.engram.internal.vector.Selection;
import dev.engram.internal.vector.VectorIndex;
import dev.engram.internal.vector.VectorIndex.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.IntPredicate;
import java.util.function.Supplier;

/**
 * Asks one view at a time. Each answer holds at least the commits that were acknowledged before the
 * call. Thread-safe.
 */
final class Lookup {
  /** How long a search waits for a view that is catching up. */
  private static final Duration VIEW_TIMEOUT = Duration.ofSeconds(30);

  private final OpenStore store;

  Lookup(OpenStore store) {
    this.store = store;
  }

  /** Where an arm looks, and how hard. */
  record Area(
      CatalogEntry collection, Selection allowed, OptionalDouble recall, SearchTrace trace) {
    /** All but some ordinals. */
    Area without(OrdinalSet some) {
      Selection others =
          new Selection(
              ordinal -> allowed.allowed().test(ordinal) && !some.contains(ordinal),
              allowed.size(),
              () ->
                  Arrays.stream(allowed.listing().get()).filter(o -> !some.contains(o)).toArray());
      return new Area(collection, others, recall, trace);
    }

    /** Only some of the ordinals. */
    Area within(BitSet some) {
      BitSet both = new BitSet();
      some.stream().filter(allowed.allowed()).forEach(both::set);
      Selection few = new Selection(both::get, both.cardinality(), () -> both.stream().toArray());
      return new Area(collection, few, recall, trace);
    }

    /** Only these ordinals, each of them. */
    Area of(int[] ordinals) {
      Selection few = selection(OrdinalSet.of(ordinals));
      return new Area(collection, few, OptionalDouble.of(1), trace);
    }
  }

  /** Ordinals whose metadata match, expired ones left out. */
  OrdinalSet matching(CatalogEntry collection, Filter filter) {
    await(FilterKind.NAME, SearchTrace.NONE);
    FilterIndex index = store.filters().get(collection.row());
    OrdinalSet expired = expired(collection);
    OrdinalSet matching = index.evaluate(filter);
    return expired.isEmpty() ? matching : matching.andNot(expired);
  }

  /** What was said one after the other in a space. */
  Chronicle chronicle(CatalogEntry space) {
    await(ChronicleKind.NAME, SearchTrace.NONE);
    return store.chronicles().get(space.row());
  }

  /** The expired ordinals of a collection. */
  OrdinalSet expired(CatalogEntry collection) {
    return store.expiries().of(collection, store.config().clock().millis());
  }

  /** The words that made a text's score, for an explanation. */
  String termsOf(CatalogEntry collection, String words, int ordinal) {
    TextQuery query = textQuery(collection, words, 1, o -> true);
    StringBuilder out = new StringBuilder();
    for (TermScore term : store.text().explain(query, ordinal)) {
      if (!out.isEmpty()) {
        out.append(", ");
      }
      out.append(String.format(Locale.ROOT, "%s %.3f", term.term(), term.contribution()));
    }
    return out.toString();
  }

  Map<Integer, Double> nearest(Area area, float[] vector, int limit) {
    return nearest(area, vector, limit, Double.NEGATIVE_INFINITY);
  }

  Map<Integer, Double> nearest(Area area, float[] vector, int limit, double minScore) {
    await(VectorKind.NAME, area.trace);
    CatalogEntry collection = area.collection;
    VectorIndex index = store.vectors().get(collection.row());
    double recall = area.recall.orElse(collection.descriptor().recallTarget());
    Request request = new Request(limit, area.allowed, recall, minScore);
    Hits hits = index.search(vector, request, area.trace);
    Map<Integer, Double> scores = LinkedHashMap.newLinkedHashMap(hits.size());
    for (int i = 0; i < hits.size(); i++) {
      scores.put(hits.ordinals()[i], (double) hits.scores()[i]);
    }
    return scores;
  }

  Map<Integer, Double> matching(Area area, String words, int limit) {
    await(TextView.NAME, area.trace);
    long began = area.trace.now();
    Map<Integer, Double> scores = new LinkedHashMap<>();
    TextQuery query = textQuery(area.collection, words, limit, area.allowed.allowed());
    for (TextHit hit : intact(() -> store.text().search(query))) {
      scores.put(hit.ordinal(), (double) hit.score());
    }
    area.trace.spent(Phase.TEXT, began);
    return scores;
  }

  /** Loads what the arms ask, so that it is there when they are asked from other threads. */
  void warm(CatalogEntry space) {
    await(VectorKind.NAME, SearchTrace.NONE);
    PartitionedVectorIndex _ = store.vectors().get(space.row());
  }

  /** How often the words of a question occur in some texts, given in ascending order. */
  TermTable occurrences(CatalogEntry collection, String words, int[] ordinals) {
    await(TextView.NAME, SearchTrace.NONE);
    TextQuery query = textQuery(collection, words, 1, Selection.ALL.allowed());
    return intact(() -> store.text().occurrences(query, ordinals));
  }

  private <T> T intact(Supplier<T> question) {
    try {
      return question.get();
    } catch (CorruptStoreException | StorageException e) {
      store.views().fail(TextView.NAME, e);
      throw new StaleViewException("the text index broke and is rebuilt; try again later", e);
    }
  }

  /** Waits until a view has every commit that is acknowledged by now. */
  private void await(String view, SearchTrace trace) {
    long began = trace.now();
    store.views().await(view, store.log().last().lsn(), VIEW_TIMEOUT);
    trace.spent(Phase.WAIT, began);
  }

  private static TextQuery textQuery(
      CatalogEntry collection, String words, int limit, IntPredicate allowed) {
    return TextQuery.of(collection.number(), collection.epoch(), words, limit)
        .in(collection.descriptor().language())
        .where(allowed);
  }

  Area area(
      CatalogEntry collection, Optional<Filter> filter, OptionalDouble recall, SearchTrace trace) {
    long began = trace.now();
    Selection allowed = allowed(collection, filter);
    trace.spent(Phase.FILTER, began);
    return new Area(collection, allowed, recall, trace);
  }

  /** Everything that a filter lets pass and that lies between two instants. */
  Area area(CatalogEntry space, Recall recall) {
    Area area = holding(space, recall);
    if (recall.from().isEmpty() && recall.until().isEmpty()) {
      return area;
    }
    long from = recall.from().map(Instant::toEpochMilli).orElse(Long.MIN_VALUE);
    long until = recall.until().map(Instant::toEpochMilli).orElse(Long.MAX_VALUE);
    return area.within(chronicle(space).ordinalsOf(Moments.between(from, until)));
  }

  /** What a filter lets pass and holds when it is asked for. */
  private Area holding(CatalogEntry space, Recall recall) {
    Area area = area(space, recall.filter(), recall.recall(), SearchTrace.NONE);
    if (recall.anyValidity()) {
      return area;
    }
    int[] others = chronicle(space).notHoldingAt(moment(recall));
    return others.length == 0 ? area : area.without(OrdinalSet.of(others));
  }

  /** The moment at which something is to hold, milliseconds since the epoch. */
  long moment(Recall recall) {
    return recall.validAt().map(Instant::toEpochMilli).orElse(store.config().clock().millis());
  }

  private Selection allowed(CatalogEntry collection, Optional<Filter> filter) {
    if (filter.isPresent()) {
      return selection(matching(collection, filter.get()));
    }
    OrdinalSet expired = expired(collection);
    return expired.isEmpty()
        ? Selection.ALL
        : Selection.where(ordinal -> !expired.contains(ordinal));
  }

  private static Selection selection(OrdinalSet ordinals) {
    return new Selection(ordinals, ordinals.size(), ordinals::toArray);
  }
}
