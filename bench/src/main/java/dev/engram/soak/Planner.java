package dev.engram.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.random.RandomGenerator;

/**
 * Draws the transactions of one writer: changes that are possible one after the other, of what this
 * writer owns alone. The same seed and state give the same plan. Not thread-safe.
 */
final class Planner {
  static final int COLOURS = 4;
  static final int LOTS = 4;

  private static final int DOCS = 60;
  private static final int NOTES = 30;
  private static final int MOST_CHANGES = 6;
  private static final int LONGEST_LIFE_SECONDS = 600;

  private final int part;
  private final long millis;
  private final RandomGenerator random;

  /** What there is when the next change is drawn. */
  private final State state;

  /**
   * @param millis the time at which the plan is carried out
   */
  Planner(State base, int part, long millis, RandomGenerator random) {
    this.state = base.livingAt(millis);
    this.part = part;
    this.millis = millis;
    this.random = random;
  }

  /** The next transactions. */
  List<List<Op>> plan(int transactions) {
    List<List<Op>> plan = new ArrayList<>();
    for (int i = 0; i < transactions; i++) {
      plan.add(transaction());
    }
    return plan;
  }

  private List<Op> transaction() {
    List<Op> ops = new ArrayList<>();
    int changes = 1 + random.nextInt(MOST_CHANGES);
    for (int i = 0; i < changes; i++) {
      Op op = change();
      state.apply(op);
      ops.add(op);
    }
    return ops;
  }

  private Op change() {
    return switch (random.nextInt(16)) {
      case 0, 1 -> state.docs().isEmpty() ? put() : new Op.Drop(one(state.docs()));
      case 2, 3 -> state.docs().isEmpty() ? put() : paint();
      case 4 -> state.notes().isEmpty() ? learn() : new Op.Forget(one(state.notes()));
      case 5, 6 -> state.notes().isEmpty() ? learn() : reword();
      case 7, 8, 9 -> state.notes().size() < 2 ? learn() : join();
      case 10, 11, 12 -> learn();
      default -> put();
    };
  }

  /** A document that takes much of a disk. */
  Op large() {
    Op op = put(Words.text(random, 400), 0);
    state.apply(op);
    return op;
  }

  private Op put() {
    boolean expires = random.nextInt(5) == 0;
    long life = 1_000L * (1 + random.nextInt(LONGEST_LIFE_SECONDS));
    return put(Words.text(random), expires ? millis + life : 0);
  }

  private Op put(String text, long expiresAt) {
    String id = "p" + part + "d" + random.nextInt(DOCS);
    int vector = random.nextInt(Doc.VECTORS);
    return new Op.Put(id, vector, random.nextInt(COLOURS), expiresAt, text);
  }

  private Op paint() {
    return new Op.Paint(one(state.docs()), random.nextInt(COLOURS));
  }

  private Op learn() {
    String id = "p" + part + "m" + random.nextInt(NOTES);
    return new Op.Learn(id, random.nextInt(LOTS), Words.text(random));
  }

  private Op reword() {
    return new Op.Reword(one(state.notes()), Words.text(random));
  }

  private Op join() {
    String from = one(state.notes());
    String to = one(state.notes());
    return from.equals(to) ? learn() : new Op.Join(from, to);
  }

  private String one(SortedMap<String, ?> some) {
    int skip = random.nextInt(some.size());
    return some.entrySet().stream().skip(skip).map(Map.Entry::getKey).findFirst().orElseThrow();
  }
}
