package dev.engram;

/**
 * What a memory leads to along synapses, in both directions: the relevance of a memory is that of
 * the one before it on the path · w · 0.8^(steps to that one), over a synapse of strength w.
 * Immutable.
 *
 * @param source where paths begin
 * @param minRelevance from which on a memory is found and leads on, above 0 to 1; .1
 * @param maxPath synapses on a path at most, 1 to {@link Limits#MAX_HOPS}; 3
 * @param limit memories that are found at most; 10
 */
public record PathRecall(RecordId source, double minRelevance, int maxPath, int limit) {
  /** From a memory. */
  public static PathRecall from(RecordId source) {
    return new PathRecall(source, .1, 3, 10);
  }

  public PathRecall {
    if (!(minRelevance > 0 && minRelevance <= 1)) {
      throw new InvalidInputException(
          "invalid path recall: minRelevance=" + minRelevance + ", allowed: above 0, at most 1");
    }
    if (maxPath < 1 || maxPath > Limits.MAX_HOPS) {
      throw new InvalidInputException(
          "invalid path recall: maxPath=" + maxPath + ", allowed=1.." + Limits.MAX_HOPS);
    }
    if (limit < 1 || limit > Limits.MAX_RESULTS) {
      throw new InvalidInputException(
          "invalid path recall: limit=" + limit + ", allowed=1.." + Limits.MAX_RESULTS);
    }
  }

  public PathRecall minRelevance(double relevance) {
    return new PathRecall(source, relevance, maxPath, limit);
  }

  public PathRecall maxPath(int synapses) {
    return new PathRecall(source, minRelevance, synapses, limit);
  }

  public PathRecall limit(int memories) {
    return new PathRecall(source, minRelevance, maxPath, memories);
  }
}
