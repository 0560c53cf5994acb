package dev.engram.internal.engine;

import dev.engram.Explanation;
import dev.engram.Recollection;
import dev.engram.RecordId;
import dev.engram.WhyNot;
import dev.engram.WhyNot.Verdict;
import dev.engram.internal.recall.Ranking.Ranked;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Compares a memory with the hits that it is, or is not, among. */
record Absence(RecordId id, List<Recollection> hits) {
  WhyNot because(Verdict verdict) {
    return new WhyNot(
        id, verdict, OptionalInt.empty(), OptionalDouble.empty(), leastScore(), Optional.empty());
  }

  /** The verdict on a memory that may be an answer; null where no arm finds it. */
  WhyNot ranked(RecallQuestion question, @Nullable Ranked ranked) {
    if (ranked == null) {
      return because(Verdict.NOTHING_IN_COMMON);
    }
    int rank = rank();
    return new WhyNot(
        id,
        verdict(question, ranked, rank),
        rank == 0 ? OptionalInt.empty() : OptionalInt.of(rank),
        OptionalDouble.of(ranked.score()),
        leastScore(),
        Optional.of(new Explanation(ranked.contributions(), question.notes())));
  }

  private Verdict verdict(RecallQuestion question, Ranked ranked, int rank) {
    if (rank > 0) {
      return Verdict.FOUND;
    }
    if (ranked.score() < question.recall().minScore()) {
      return Verdict.BELOW_MIN_SCORE;
    }
    boolean full = hits.size() >= question.recall().limit();
    return full && ranked.score() <= leastScore().orElse(0) ? Verdict.OUTRANKED : Verdict.MISSED;
  }

  private int rank() {
    for (int i = 0; i < hits.size(); i++) {
      if (hits.get(i).memory().id().equals(id)) {
        return i + 1;
      }
    }
    return 0;
  }

  private OptionalDouble leastScore() {
    return hits.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(hits.getLast().score());
  }
}
