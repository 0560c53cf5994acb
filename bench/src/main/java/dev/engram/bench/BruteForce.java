package dev.engram.bench;

/** Compares with every vector. */
final class BruteForce implements Peer {
  private final Scores scores;
  private float[][] vectors = {};

  BruteForce(Vectors data) {
    this.scores = Scores.of(data.metric());
  }

  @Override
  public String name() {
    return "brute";
  }

  @Override
  public String knob() {
    return "all";
  }

  @Override
  public double[] efforts() {
    return new double[] {1};
  }

  @Override
  public void build(float[][] base) {
    vectors = base;
  }

  @Override
  public Asking asking(int limit, double effort) {
    return query -> {
      Best best = new Best(limit);
      for (int i = 0; i < vectors.length; i++) {
        best.offer(i, scores.of(query, vectors[i]));
      }
      return best.ordinals();
    };
  }

  @Override
  public void close() {}
}
