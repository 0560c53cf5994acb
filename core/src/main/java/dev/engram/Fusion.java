package dev.engram;

/** How a hybrid search joins the vector ranking and the text ranking. */
public sealed interface Fusion {
  /** Reciprocal rank fusion with k = 60 (Cormack, Clarke and Büttcher, SIGIR 2009). */
  Fusion RRF = new ReciprocalRank(60);

  /** Σ 1 / (k + rank) over the rankings that hold the record; ranks count from 1. */
  record ReciprocalRank(int k) implements Fusion {
    public ReciprocalRank {
      if (k < 0) {
        throw new InvalidInputException("invalid fusion: k=" + k + ", allowed >= 0");
      }
    }
  }

  /** vectorWeight · vector score + textWeight · share of the query's information matched. */
  record Weighted(double vectorWeight, double textWeight) implements Fusion {
    public Weighted {
      if (!Double.isFinite(vectorWeight) || !Double.isFinite(textWeight)) {
        throw new InvalidInputException(
            "invalid fusion: vectorWeight=" + vectorWeight + ", textWeight=" + textWeight);
      }
    }
  }

  static Fusion rrf(int k) {
    return new ReciprocalRank(k);
  }

  static Fusion weighted(double vectorWeight, double textWeight) {
    return new Weighted(vectorWeight, textWeight);
  }
}
