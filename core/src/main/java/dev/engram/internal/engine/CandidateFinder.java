package dev.engram.internal.engine;

import dev.engram.Recall.Arm;
import dev.engram.internal.engine.Lookup.Area;
import dev.engram.internal.filter.OrdinalSet;
import dev.engram.internal.recall.Chronicle;
import dev.engram.internal.recall.NodeSet;
import dev.engram.internal.recall.Scene;
import java.util.Arrays;
import java.util.Map;
import java.util.function.IntPredicate;

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
    int nearest = Math.max(LEAST_BY_VECTOR, CANDIDATE_FACTOR * limit);
    float[] vector = question.vector();
    Map<Integer, Double> similarities =
        vector == null ? Map.of() : lookup.nearest(area, vector, nearest);
    NodeSet nodes = new NodeSet();
    nodes.add(addedNode);
    if (Math.min(chronicle.size(), area.allowed().size()) <= WHOLE) {
      addAll(chronicle, area, nodes);
    } else {
      int matching = Math.max(LEAST_BY_WORDS, CANDIDATE_FACTOR * limit);
      addFound(question, chronicle, area, matching, similarities, nodes);
    }
    OrdinalSet expired = lookup.expired(question.space());
    Scene scene = Scene.of(chronicle, nodes, question.back(), question.ahead(), expired::contains);
    return new Candidates(scene, similarities);
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

  private void addFound(
      RecallQuestion question,
      Chronicle chronicle,
      Area area,
      int limit,
      Map<Integer, Double> similarities,
      NodeSet nodes) {
    Map<Integer, Double> matching =
        question.usesWords() ? lookup.matching(area, question.words(), limit) : Map.of();
    Map<Integer, Double> dated =
        question.usesWords() && question.weight(Arm.TIME) > 0 && !question.dates().isEmpty()
            ? lookup.matching(dated(question, chronicle, area), question.words(), DATED)
            : Map.of();
    chronicle.reading(() -> {
      addWithNeighbours(question, chronicle, area, matching, nodes);
      addWithNeighbours(question, chronicle, area, dated, nodes);
      addWithNeighbours(question, chronicle, area, similarities, nodes);
      return nodes;
    });
  }

  /** What is of a time that the question names. */
  private static Area dated(RecallQuestion question, Chronicle chronicle, Area area) {
    return area.within(chronicle.ordinalsWhere(question.dates().any()));
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
