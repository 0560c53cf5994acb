package dev.engram.internal.engine;

import dev.engram.Recall.Arm;
import dev.engram.internal.engine.Lookup.Area;
import dev.engram.internal.filter.OrdinalSet;
import dev.engram.internal.parallel.Parallel;
import dev.engram.internal.recall.Chronicle;
import dev.engram.internal.recall.NodeSet;
import dev.engram.internal.recall.Scene;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Supplier;

/**
 * Finds the memories that may answer a question: all of a small scope; of a larger one, what each
 * arm finds best, and its neighbours. Thread-safe.
 */
final class CandidateFinder {
  /** A scope of so many memories is looked at whole. */
  private static final int WHOLE = 1_024;

  /** The words offer at least this many candidates. */
  private static final int LEAST_BY_WORDS = 256;

  /** The vectors offer at least this many. */
  private static final int LEAST_BY_VECTOR = 50;

  /** What is of a time that the question names offers this many, by words. */
  private static final int DATED = 64;

  /** Each of them offers this many times the limit. */
  private static final int CANDIDATE_FACTOR = 2;

  private final Lookup lookup;

  CandidateFinder(Lookup lookup) {
    this.lookup = lookup;
  }

  /**
   * What is looked at for a question.
   *
   * @param scene the candidates and their neighbours
   * @param similarities the cosines of the nearest vectors, by ordinal
   */
  record Candidates(Scene scene, Map<Integer, Double> similarities) {}

  Candidates find(RecallQuestion question, Area area, int limit) {
    return find(question, area, limit, Chronicle.NONE);
  }

  /** As {@link #find(RecallQuestion, Area, int)}, with one more, found or not. */
  Candidates find(RecallQuestion question, Area area, int limit, int addedNode) {
    Chronicle chronicle = lookup.chronicle(question.space());
    NodeSet nodes = new NodeSet();
    nodes.add(addedNode);
    Found found;
    if (Math.min(chronicle.size(), area.allowed().size()) <= WHOLE) {
      found = new Found(nearest(question, area, limit), Map.of(), Map.of());
      addAll(chronicle, area, nodes);
    } else {
      found = ask(question, chronicle, area, limit);
      addFound(question, chronicle, area, found, nodes);
    }
    return new Candidates(scene(question, chronicle, nodes), found.nearest);
  }

  /** Looks at some memories that were found elsewhere. */
  Candidates only(RecallQuestion question, NodeSet nodes) {
    return new Candidates(scene(question, lookup.chronicle(question.space()), nodes), Map.of());
  }

  private Scene scene(RecallQuestion question, Chronicle chronicle, NodeSet nodes) {
    OrdinalSet expired = lookup.expired(question.space());
    return Scene.of(chronicle, nodes, question.back(), question.ahead(), expired::contains);
  }

  /** What each arm found, by ordinal. */
  private record Found(
      Map<Integer, Double> nearest, Map<Integer, Double> matching, Map<Integer, Double> dated) {}

  /** Asks the arms side by side: each costs about as much as the others. */
  private Found ask(RecallQuestion question, Chronicle chronicle, Area area, int limit) {
    List<Supplier<Map<Integer, Double>>> arms =
        List.of(
            () -> nearest(question, area, limit),
            () -> matching(question, area, limit),
            () -> dated(question, chronicle, area));
    if (question.vector() != null) {
      lookup.warm(question.space());
      List<Map<Integer, Double>> found = Parallel.map(arms, Supplier::get);
      return new Found(found.get(0), found.get(1), found.get(2));
    }
    return new Found(Map.of(), arms.get(1).get(), arms.get(2).get());
  }

  private Map<Integer, Double> nearest(RecallQuestion question, Area area, int limit) {
    float[] vector = question.vector();
    int count = Math.max(LEAST_BY_VECTOR, CANDIDATE_FACTOR * limit);
    return vector == null ? Map.of() : lookup.nearest(area, vector, count);
  }

  private Map<Integer, Double> matching(RecallQuestion question, Area area, int limit) {
    int count = Math.max(LEAST_BY_WORDS, CANDIDATE_FACTOR * limit);
    return question.usesWords() ? lookup.matching(area, question.words(), count) : Map.of();
  }

  /** Of what is of a time that the question names, what matches its words best. */
  private Map<Integer, Double> dated(RecallQuestion question, Chronicle chronicle, Area area) {
    boolean asked = question.weight(Arm.TIME) > 0 && !question.dates().isEmpty();
    if (!asked || !question.usesWords()) {
      return Map.of();
    }
    Area then = area.within(chronicle.ordinalsOf(question.dates().moments()));
    return lookup.matching(then, question.words(), DATED);
  }

  private static void addAll(Chronicle chronicle, Area area, NodeSet nodes) {
    chronicle.reading(() -> {
      IntPredicate allowed = area.allowed().allowed();
      if (area.allowed().size() <= WHOLE) {
        Arrays.stream(area.allowed().listing().get()).map(chronicle::nodeAt).forEach(nodes::add);
      } else {
        chronicle.forEachOrdinal(ordinal -> {
          if (allowed.test(ordinal)) {
            nodes.add(chronicle.nodeAt(ordinal));
          }
        });
      }
      return nodes;
    });
  }

  private static void addFound(
      RecallQuestion question, Chronicle chronicle, Area area, Found found, NodeSet nodes) {
    chronicle.reading(() -> {
      addWithNeighbours(question, chronicle, area, found.matching, nodes);
      addWithNeighbours(question, chronicle, area, found.dated, nodes);
      addWithNeighbours(question, chronicle, area, found.nearest, nodes);
      return nodes;
    });
  }

  /** What is next to a good match may be the better answer: its context holds the match. */
  private static void addWithNeighbours(
      RecallQuestion question,
      Chronicle chronicle,
      Area area,
      Map<Integer, Double> found,
      NodeSet nodes) {
    NodeSet near = new NodeSet();
    for (int ordinal : found.keySet()) {
      int node = chronicle.nodeAt(ordinal);
      if (node != Chronicle.NONE) {
        nodes.add(node);
        near.addNeighbours(
            chronicle, node, /* back= */ question.ahead(), /* ahead= */ question.back());
      }
    }
    for (int node : near.toArray()) {
      if (area.allowed().allowed().test(chronicle.ordinal(node))) {
        nodes.add(node);
      }
    }
  }
}
