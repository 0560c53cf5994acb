package dev.engram.internal.engine;

import dev.engram.Explanation;
import dev.engram.Filter;
import dev.engram.Fusion;
import dev.engram.InvalidInputException;
import dev.engram.RecordId;
import dev.engram.Search;
import dev.engram.StaleViewException;
import dev.engram.internal.engine.Lookup.Area;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.format.Keys;
import dev.engram.internal.recall.Arm;
import dev.engram.internal.recall.Diversity;
import dev.engram.internal.recall.Ranking;
import dev.engram.internal.recall.Ranking.Ranked;
import dev.engram.internal.vector.SearchTrace;
import dev.engram.internal.vector.SearchTrace.Phase;
import dev.engram.internal.vector.VectorCheck;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the views and joins their answers. Every search sees at least the commits that were
 * acknowledged before it began. Thread-safe.
 */
final class Searcher {
  static final String TEXT = "text";
  static final String VECTOR = "vector";

  /** Each arm offers at least this many candidates to a fusion. */
  private static final int LEAST_CANDIDATES = 200;

  /** Each arm offers this many times the limit. */
  private static final int CANDIDATE_FACTOR = 4;

  /** Found records that may vanish before they are read. */
  static final int SPARE = 16;

  /** The smallest pool that a search with diversity chooses from. */
  private static final int LEAST_POOL = 64;

  /** Searches for one question while what they find keeps changing. */
  private static final int MAX_ATTEMPTS = 10;

  private final OpenStore store;
  private final Lookup lookup;

  Searcher(OpenStore store) {
    this.store = store;
    this.lookup = new Lookup(store);
  }

  Lookup lookup() {
    return lookup;
  }

  /**
   * Searches, and reads what was found as it was when the search began. In between a record may be
   * replaced, so that what was found is too new; where that leaves too few, both are done again, at
   * last while no commit is under way. What is to be loaded for it is loaded before that, and again
   * where it was let go meanwhile.
   */
  <T> List<T> steady(Wanted wanted, Supplier<Found> search, HitMaker<T> maker) {
    for (int attempt = 1; attempt < 2 * MAX_ATTEMPTS; attempt++) {
      Read<T> read = readOnce(wanted, search, maker);
      if (!read.lost) {
        return read.hits;
      }
      Optional<List<T>> hits =
          attempt < MAX_ATTEMPTS - 1 ? Optional.empty() : exclusively(wanted, search, maker);
      if (hits.isPresent()) {
        return hits.get();
      }
    }
    throw new StaleViewException("what is searched is let go again and again; try again later");
  }

  /** Reads while no commit is under way; empty where something is to be loaded first. */
  private <T> Optional<List<T>> exclusively(
      Wanted wanted, Supplier<Found> search, HitMaker<T> maker) {
    List<T> hits = new ArrayList<>();
    try {
      store.log().exclusively(() -> hits.addAll(readOnce(wanted, search, maker).hits));
      return Optional.of(hits);
    } catch (Partitions.NotLoadedException e) {
      return Optional.empty();
    }
  }

  private <T> Read<T> readOnce(Wanted wanted, Supplier<Found> search, HitMaker<T> maker) {
    try (Session begun = store.session()) {
      return read(wanted, search.get(), begun, maker);
    }
  }

  private static <T> Read<T> read(Wanted wanted, Found found, Session begun, HitMaker<T> maker) {
    CatalogEntry collection = wanted.collection;
    Records records = new Records(begun);
    List<T> hits = new ArrayList<>();
    int skip = wanted.offset;
    boolean changed = false;
    for (Ranked ranked : found.ranked) {
      if (hits.size() == wanted.limit) {
        break;
      }
      Stored stored =
          records.at(Keys.record(collection.number(), collection.epoch(), ranked.ordinal()));
      if (stored == null || !wanted.matches(stored)) {
        changed = true;
      } else if (skip-- <= 0) {
        hits.add(maker.hit(begun, found, ranked, stored));
      }
    }
    return new Read<>(hits, changed && hits.size() < wanted.limit);
  }

  /** Which of the records that are found become hits. */
  record Wanted(
      CatalogEntry collection,
      int offset,
      int limit,
      Optional<Filter> filter,
      Set<RecordId> examples) {
    boolean matches(Stored stored) {
      return !examples.contains(stored.row().id())
          && filter.map(f -> f.matches(stored.row().metadata())).orElse(true);
    }
  }

  /** Makes a hit of a record as it was when the search began. */
  interface HitMaker<T> {
    T hit(Session begun, Found found, Ranked ranked, Stored stored);
  }

  /** What was read, and whether there may be more hits, had nothing changed meanwhile. */
  private record Read<T>(List<T> hits, boolean lost) {}

  /**
   * Ranked ordinals, a few more than asked for.
   *
   * @param query the vector whose nearness was asked for
   * @param notes what the reader should know
   */
  record Found(List<Ranked> ranked, Optional<float[]> query, List<String> notes) {}

  Found search(CatalogEntry collection, Search search, SearchTrace trace) {
    if (!search.positive().isEmpty()) {
      return like(collection, search, trace);
    }
    search.vector().ifPresent(v -> checkQuery(collection, v));
    Area area = lookup.area(collection, search.filter(), search.recall(), trace);
    return search(area, search, search.vector());
  }

  private Found like(CatalogEntry collection, Search search, SearchTrace trace) {
    requireVectors(collection);
    Examples.Read examples;
    try (Session now = store.session()) {
      examples = Examples.read(now, collection, search);
    }
    checkQuery(collection, examples.query());
    Area area = lookup.area(collection, search.filter(), search.recall(), trace);
    return search(area.without(examples.ordinals()), search, Optional.of(examples.query()));
  }

  private Found search(Area area, Search search, Optional<float[]> vector) {
    int wanted = search.limit() + search.offset() + SPARE;
    if (search.diversity().isEmpty()) {
      return new Found(ranked(area, search, vector, wanted), vector, List.of());
    }
    requireVectors(area.collection());
    int pool = Math.max(LEAST_POOL, Search.DIVERSITY_POOL * (search.limit() + search.offset()));
    List<Ranked> ranked = ranked(area, search, vector, pool);
    long began = area.trace().now();
    double lambda = search.diversity().getAsDouble();
    List<Ranked> diverse =
        Diversity.choose(
            ranked,
            store.vectorKind().originals(area.collection().row()).vectors(ordinals(ranked)),
            area.collection().descriptor().metric(),
            lambda,
            wanted);
    area.trace().spent(Phase.DIVERSIFY, began);
    return new Found(diverse, vector, List.of());
  }

  private static int[] ordinals(List<Ranked> ranked) {
    return ranked.stream().mapToInt(Ranked::ordinal).toArray();
  }

  private List<Ranked> ranked(Area area, Search search, Optional<float[]> vector, int wanted) {
    Optional<String> words = search.words();
    List<Ranked> ranked;
    if (vector.isPresent() && words.isPresent()) {
      ranked = hybrid(area, search.fusion(), vector.get(), words.get(), wanted);
    } else if (vector.isPresent()) {
      Map<Integer, Double> scores = lookup.nearest(area, vector.get(), wanted, search.minScore());
      ranked = Ranking.weightedSum(List.of(new Arm(VECTOR, 1, scores)));
    } else {
      Map<Integer, Double> scores = lookup.matching(area, words.orElse(""), wanted);
      ranked = Ranking.weightedSum(List.of(new Arm(TEXT, 1, scores)));
    }
    return cut(ranked, search.minScore(), wanted);
  }

  /** The contributions of a hit, with the words that made the text's part. */
  Explanation explain(
      CatalogEntry collection, Ranked hit, @Nullable String words, List<String> notes) {
    List<Explanation.Contribution> parts = new ArrayList<>();
    for (Explanation.Contribution part : hit.contributions()) {
      String detail =
          words != null && part.arm().equals(TEXT) && part.raw() > 0
              ? lookup.termsOf(collection, words, hit.ordinal())
              : "";
      String joined =
          part.detail().isEmpty()
              ? detail
              : part.detail() + (detail.isEmpty() ? "" : "; " + detail);
      parts.add(
          new Explanation.Contribution(
              part.arm(), part.raw(), part.weight(), part.amount(), joined));
    }
    return new Explanation(parts, notes);
  }

  private List<Ranked> hybrid(Area area, Fusion fusion, float[] vector, String words, int wanted) {
    int pool = pool(wanted);
    Map<Integer, Double> vectors = lookup.nearest(area, vector, pool);
    Map<Integer, Double> text = lookup.matching(area, words, pool);
    return switch (fusion) {
      case Fusion.ReciprocalRank rrf ->
          Ranking.reciprocalRank(
              List.of(new Arm(VECTOR, 1, vectors), new Arm(TEXT, 1, text)), rrf.k());
      case Fusion.Weighted weighted ->
          Ranking.weightedSum(
              List.of(
                  new Arm(VECTOR, weighted.vectorWeight(), completed(vectors, text, vector, area)),
                  new Arm(TEXT, weighted.textWeight(), completed(text, vectors, words, area))));
    };
  }

  /** Adds the text scores of what only the other arm found. */
  private Map<Integer, Double> completed(
      Map<Integer, Double> own, Map<Integer, Double> other, @Nullable String words, Area area) {
    int[] missing = missing(own, other);
    if (missing.length == 0 || words == null) {
      return own;
    }
    Map<Integer, Double> all = new LinkedHashMap<>(own);
    all.putAll(lookup.matching(area.of(missing), words, missing.length));
    return all;
  }

  /** Adds the similarities of what only the other arm found. */
  private Map<Integer, Double> completed(
      Map<Integer, Double> own, Map<Integer, Double> other, float[] vector, Area area) {
    int[] missing = missing(own, other);
    if (missing.length == 0) {
      return own;
    }
    Map<Integer, Double> all = new LinkedHashMap<>(own);
    all.putAll(lookup.nearest(area.of(missing), vector, missing.length));
    return all;
  }

  private static int[] missing(Map<Integer, Double> own, Map<Integer, Double> other) {
    return other.keySet().stream()
        .filter(ordinal -> !own.containsKey(ordinal))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static void checkQuery(CatalogEntry collection, float[] vector) {
    requireVectors(collection);
    VectorCheck.check(
        vector, collection.descriptor().dimension(), collection.descriptor().metric());
  }

  private static void requireVectors(CatalogEntry collection) {
    if (collection.descriptor().dimension() == 0) {
      throw new InvalidInputException(
          "the collection holds no vectors: collection="
              + collection.descriptor().name()
              + "; search it by text");
    }
  }

  private static int pool(int limit) {
    return Math.max(
        LEAST_CANDIDATES, (int) Math.min(Integer.MAX_VALUE, (long) limit * CANDIDATE_FACTOR));
  }

  private static List<Ranked> cut(List<Ranked> ranked, double minScore, int limit) {
    return ranked.stream().filter(r -> r.score() >= minScore).limit(limit).toList();
  }
}
