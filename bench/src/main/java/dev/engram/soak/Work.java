package dev.engram.soak;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a child process was given to write, and what of it was acknowledged: from this follows what
 * a store may hold that was found afterwards. Each writer is whole transactions further than the
 * oracle: at least those that were acknowledged, at most the one that was under way besides.
 *
 * @param base what there was before
 * @param plans the transactions of each writer
 * @param bulk the commits of the large collection
 * @param acknowledged how many of each plan
 * @param bulkAcknowledged how many of the large collection's
 */
record Work(
    Model base,
    List<List<List<Op>>> plans,
    BulkPlan bulk,
    int[] acknowledged,
    int bulkAcknowledged) {
  /** Reads what a {@link Child} has printed. */
  static Work of(Model base, List<List<List<Op>>> plans, BulkPlan bulk, List<String> lines) {
    int[] acknowledged = new int[Model.PARTS];
    int bulkAcknowledged = 0;
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      if (words[0].equals(Child.PART)) {
        acknowledged[Integer.parseInt(words[1])] = Integer.parseInt(words[2]) + 1;
      } else if (words[0].equals(Child.BULK)) {
        bulkAcknowledged = Integer.parseInt(words[1]) + 1;
      }
    }
    return new Work(base, plans, bulk, acknowledged, bulkAcknowledged);
  }

  long total() {
    return Arrays.stream(acknowledged).sum();
  }

  /** The state that a reopened store holds: all that was acknowledged and at most one more. */
  Model settle(Model found, long millis) {
    return match(found, millis, true);
  }

  /** The state that was copied while the work went on: any that there was. */
  Model settleCopy(Model found, long millis) {
    return match(found, millis, false);
  }

  /**
   * What a child has read after its work, as {@link Model#told} tells it: all that was acknowledged
   * and at most the transaction that failed.
   */
  void requireRead(List<String> lines, long millis) {
    List<String> read =
        lines.stream()
            .filter(line -> line.startsWith(Child.READ + " "))
            .map(line -> line.substring(Child.READ.length() + 1))
            .toList();
    SoakFailure.require(read.size() == 1, "a child read " + read.size() + " times: " + lines);
    List<String> wanted = List.of(done(0).told(millis), done(1).told(millis));
    SoakFailure.require(
        wanted.contains(read.getFirst()),
        "a child has read something else: wanted=" + wanted + ", found=" + read.getFirst());
  }

  /** What there is after the acknowledged transactions of each writer, and so many more. */
  private Model done(int more) {
    Model model = base.copy();
    for (int part = 0; part < plans.size(); part++) {
      List<List<Op>> plan = plans.get(part);
      int last = Math.min(plan.size(), acknowledged[part] + more);
      plan.subList(0, last).forEach(model.parts().get(part)::apply);
    }
    return model;
  }

  private Model match(Model found, long millis, boolean everything) {
    List<State> parts = new ArrayList<>();
    for (int part = 0; part < plans.size(); part++) {
      int least = everything ? acknowledged[part] : 0;
      parts.add(part(part, found.parts().get(part), millis, least));
    }
    int least = everything ? bulkAcknowledged : 0;
    return new Model(List.copyOf(parts), vectors(found.bulk(), least));
  }

  private State part(int part, State found, long millis, int least) {
    State state = base.parts().get(part).copy();
    List<String> differences = new ArrayList<>();
    int lost = -1;
    for (int done = 0; done <= plans.get(part).size(); done++) {
      boolean same = state.livingAt(millis).equals(found);
      if (same && done >= least && done <= acknowledged[part] + 1) {
        return state;
      }
      lost = same ? done : lost;
      if (done == acknowledged[part]) {
        state.livingAt(millis).compare(found, differences);
      }
      if (done < plans.get(part).size()) {
        state.apply(plans.get(part).get(done));
      }
    }
    throw new SoakFailure(
        "writer "
            + part
            + " has acknowledged "
            + acknowledged[part]
            + " transactions; found "
            + (lost >= 0 ? lost + " of them" : "no whole number of them")
            + ":\n  "
            + String.join("\n  ", differences.subList(0, Math.min(12, differences.size()))));
  }

  private int[] vectors(int[] found, int least) {
    int[] vectors = base.bulk().clone();
    for (int done = 0; done <= bulk.commits(); done++) {
      if (done >= least && done <= bulkAcknowledged + 1 && Arrays.equals(vectors, found)) {
        return vectors;
      }
      if (done < bulk.commits()) {
        bulk.apply(vectors, done);
      }
    }
    throw new SoakFailure(
        "of the large collection "
            + bulkAcknowledged
            + " commits were acknowledged; found no whole number of them from "
            + least
            + " on");
  }
}
