package dev.engram.internal.engine;

import dev.engram.Filter;
import dev.engram.NearDuplicates;
import dev.engram.internal.engine.Lookup.Area;
import dev.engram.internal.engine.Newcomers.Newcomer;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.format.Keys;
import dev.engram.internal.log.Family;
import dev.engram.internal.recall.WordSet;
import dev.engram.internal.recall.Wording;
import dev.engram.internal.vector.SearchTrace;
import dev.engram.internal.vector.VectorKernels;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds memories that are like a text: what is committed by the views, what the transaction learned
 * itself one by one. Works inside one transaction; not thread-safe.
 */
final class LikeSearch {
  /** Memories that a view offers beyond those that are asked for, as some may not be wanted. */
  private static final int SPARE = 32;

  /** Words by which the text view looks for what may be like a longer text. */
  private static final int QUESTION_WORDS = 64;

  private final Session session;
  private final CatalogEntry space;
  private final Records records;
  private final VectorKernels kernels = VectorKernels.best();

  LikeSearch(Session session, CatalogEntry space) {
    this.session = session;
    this.space = space;
    this.records = new Records(session);
  }

  /** What something is compared by; the vector is null where it has none. */
  @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
  record Subject(String text, float @Nullable [] vector) {}

  /**
   * Which memories count: those that pass the test.
   *
   * @param filter lets all of these pass, and may let others pass
   * @param strict lets hardly any others pass, and takes longer
   */
  record Wanted(Optional<Filter> filter, Filter strict, Predicate<Stored> test) {
    Wanted and(Predicate<Stored> more) {
      return new Wanted(filter, strict, test.and(more));
    }
  }

  /** A memory, and how like it is, 0 to 1. */
  record Like(Stored memory, double similarity) {}

  /** What says nearly the same, the most alike first: by vector, or by words where one has none. */
  List<Like> near(Subject subject, NearDuplicates thresholds, Wanted wanted) {
    WordSet words = WordSet.of(subject.text);
    List<Like> found = new ArrayList<>();
    if (subject.vector != null) {
      nearest(subject.vector, thresholds.cosine(), wanted, SPARE).stream()
          .filter(like -> words.hasNumbersOf(wordsOf(like.memory())))
          .forEach(found::add);
    }
    if (subject.vector == null || anyPending()) {
      boolean all = subject.vector == null;
      Wanted uncompared = wanted.and(each -> all || !each.row().hasVector());
      sharing(subject.text, words, thresholds.words(), uncompared).stream()
          .filter(like -> words.hasNumbersOf(wordsOf(like.memory())))
          .forEach(found::add);
    }
    return sorted(found);
  }

  /** What has the most similar vectors, of at least some cosine. */
  List<Like> nearest(float[] vector, double leastCosine, Wanted wanted, int limit) {
    List<Like> found = new ArrayList<>();
    float[] unit = VectorKernels.normalised(vector);
    for (Newcomer each : newcomers()) {
      float[] other = each.unit();
      double cosine = other == null ? -1 : kernels.dot(unit, other);
      if (cosine >= leastCosine) {
        add(found, each.stored().key(), cosine, wanted);
      }
    }
    CatalogEntry indexed = committed();
    if (indexed != null && indexed.descriptor().dimension() > 0) {
      int count = limit + SPARE;
      Map<Integer, Double> near =
          offered(
              indexed, wanted, count, area -> lookup().nearest(area, vector, count, leastCosine));
      near.forEach((ordinal, cosine) -> add(found, key(ordinal), cosine, wanted));
    }
    return sorted(found).stream().limit(limit).toList();
  }

  /** What shares enough of its words. */
  private List<Like> sharing(String text, WordSet words, double least, Wanted wanted) {
    List<Like> found = new ArrayList<>();
    for (Newcomer each : newcomers()) {
      double shared = words.shared(each.words());
      if (shared >= least) {
        add(found, each.stored().key(), shared, wanted);
      }
    }
    CatalogEntry indexed = committed();
    if (indexed != null) {
      String question = Wording.beginning(text, QUESTION_WORDS);
      Map<Integer, Double> matching =
          offered(indexed, wanted, SPARE, area -> lookup().matching(area, question, SPARE));
      for (int ordinal : matching.keySet()) {
        Stored stored = counting(key(ordinal), wanted);
        double shared = stored == null ? 0 : words.shared(wordsOf(stored));
        if (stored != null && shared >= least) {
          found.add(new Like(stored, shared));
        }
      }
    }
    return found;
  }

  /** What a view offers; asked again, strictly, where all of it belongs to others. */
  private Map<Integer, Double> offered(
      CatalogEntry indexed, Wanted wanted, int count, Function<Area, Map<Integer, Double>> view) {
    Map<Integer, Double> first = view.apply(area(indexed, wanted.filter));
    boolean all =
        first.size() < count
            || first.keySet().stream().anyMatch(each -> counting(key(each), wanted) != null);
    return all ? first : view.apply(area(indexed, Optional.of(wanted.strict)));
  }

  private @Nullable Stored counting(byte[] key, Wanted wanted) {
    Stored stored = records.at(key);
    return stored != null && wanted.test.test(stored) ? stored : null;
  }

  /** As this transaction sees it, in which it may have been changed or forgotten. */
  private void add(List<Like> found, byte[] key, double similarity, Wanted wanted) {
    Stored stored = counting(key, wanted);
    if (stored != null) {
      found.add(new Like(stored, Math.min(1, similarity)));
    }
  }

  private static List<Like> sorted(List<Like> found) {
    List<Like> sorted = new ArrayList<>(found);
    sorted.sort(
        Comparator.comparingDouble(Like::similarity)
            .reversed()
            .thenComparingInt(like -> like.memory().row().node()));
    return sorted;
  }

  private static WordSet wordsOf(Stored stored) {
    return WordSet.of(Objects.requireNonNull(stored.row().text()));
  }

  private List<Newcomer> newcomers() {
    return session.state(space).newcomers().all(records);
  }

  private boolean anyPending() {
    byte[] all = Keys.collection(space.number());
    return !session.tx().keysAfter(Family.PENDING, new byte[0], all, 1).isEmpty();
  }

  /** The space as the views know it; null where this transaction makes it. */
  private @Nullable CatalogEntry committed() {
    return session.store().catalogState().find(space.number());
  }

  private Area area(CatalogEntry indexed, Optional<Filter> filter) {
    return lookup().area(indexed, filter, OptionalDouble.empty(), SearchTrace.NONE);
  }

  private byte[] key(int ordinal) {
    return Keys.record(space.number(), space.epoch(), ordinal);
  }

  private Lookup lookup() {
    return session.store().searcher().lookup();
  }
}
