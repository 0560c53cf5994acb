package dev.engram.internal.recall;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * The memories that are looked at for one question: the candidates, and their neighbours, which
 * count as their context. Columns by row, in the order of learning. Not changed once it is made.
 */
public final class Scene {
  private final int[] nodes;
  private final int[] ordinals;
  private final int[] sessions;
  private final int[] speakers;
  private final long[] moments;
  private final byte[] cues;
  private final int[] before;
  private final int[] after;
  private final int[] candidates;
  private final int[] sessionSizes;
  private final int sessionCount;
  private final int inSessions;

  private Scene(Chronicle chronicle, int[] nodes, int[] candidateNodes) {
    int size = nodes.length;
    this.nodes = nodes;
    this.ordinals = new int[size];
    this.sessions = new int[size];
    this.speakers = new int[size];
    this.moments = new long[size];
    this.cues = new byte[size];
    this.before = new int[size];
    this.after = new int[size];
    this.sessionSizes = new int[size];
    this.sessionCount = chronicle.sessionCount();
    this.inSessions = chronicle.inSessions();
    for (int row = 0; row < size; row++) {
      copy(chronicle, row);
    }
    this.candidates = rows(candidateNodes);
  }

  /**
   * Looks at some memories and their neighbours.
   *
   * @param candidates nodes
   * @param back how many memories before a candidate are its context
   * @param ahead how many after
   * @param hidden ordinals that are looked at by nobody, such as those that have expired
   */
  public static Scene of(
      Chronicle chronicle, NodeSet candidates, int back, int ahead, IntPredicate hidden) {
    return chronicle.reading(() -> {
      int[] wanted =
          Arrays.stream(candidates.toArray())
              .filter(node -> chronicle.ordinal(node) != Chronicle.NONE)
              .filter(node -> !hidden.test(chronicle.ordinal(node)))
              .toArray();
      NodeSet all = new NodeSet();
      for (int node : wanted) {
        all.add(node);
        all.addNeighbours(chronicle, node, back, ahead);
      }
      int[] seen =
          Arrays.stream(all.toArray())
              .filter(node -> !hidden.test(chronicle.ordinal(node)))
              .toArray();
      return new Scene(chronicle, seen, wanted);
    });
  }

  private void copy(Chronicle chronicle, int row) {
    int node = nodes[row];
    ordinals[row] = chronicle.ordinal(node);
    sessions[row] = chronicle.session(node);
    sessionSizes[row] = sessions[row] == Chronicle.NONE ? 0 : chronicle.sessionSize(sessions[row]);
    speakers[row] = chronicle.speaker(node);
    moments[row] = chronicle.moment(node);
    cues[row] = (byte) chronicle.cues(node);
    before[row] = neighbour(row, chronicle.before(node));
    after[row] = neighbour(row, chronicle.after(node));
  }

  /** The row of a neighbour of a row; mostly the rows are neighbours too. */
  private int neighbour(int row, int node) {
    if (node == Chronicle.NONE) {
      return Chronicle.NONE;
    }
    int near = node < nodes[row] ? row - 1 : row + 1;
    if (near >= 0 && near < nodes.length && nodes[near] == node) {
      return near;
    }
    return Math.max(Arrays.binarySearch(nodes, node), Chronicle.NONE);
  }

  /** The rows of some nodes, ascending. */
  private int[] rows(int[] some) {
    int[] rows = new int[some.length];
    int row = 0;
    for (int i = 0; i < some.length; i++) {
      while (nodes[row] != some[i]) {
        row++;
      }
      rows[i] = row;
    }
    return rows;
  }

  /** How many memories are looked at. */
  public int size() {
    return nodes.length;
  }

  /** The rows that may be answers, ascending. */
  public int[] candidates() {
    return candidates;
  }

  /** The row of a node, negative where it is not looked at. */
  public int rowOf(int node) {
    return Arrays.binarySearch(nodes, node);
  }

  /** The node of a row. */
  public int node(int row) {
    return nodes[row];
  }

  public int ordinal(int row) {
    return ordinals[row];
  }

  /** The ordinals of all rows, ascending. */
  public int[] ordinals() {
    int[] sorted = ordinals.clone();
    Arrays.sort(sorted);
    return sorted;
  }

  int session(int row) {
    return sessions[row];
  }

  int sessionSize(int row) {
    return sessionSizes[row];
  }

  /** The sessions of the whole space. */
  int sessionCount() {
    return sessionCount;
  }

  /** The memories of the whole space that are in sessions. */
  int inSessions() {
    return inSessions;
  }

  int speaker(int row) {
    return speakers[row];
  }

  long moment(int row) {
    return moments[row];
  }

  boolean shows(int row, int cue) {
    return (cues[row] & cue) != 0;
  }

  /** The row of what was said before, some steps back; {@link Chronicle#NONE} beyond the first. */
  public int before(int row, int steps) {
    return walk(before, row, steps);
  }

  /** The row of what was said after, some steps ahead; {@link Chronicle#NONE} beyond the last. */
  public int after(int row, int steps) {
    return walk(after, row, steps);
  }

  private static int walk(int[] column, int row, int steps) {
    int at = row;
    for (int i = 0; i < steps && at != Chronicle.NONE; i++) {
      at = column[at];
    }
    return at;
  }
}
