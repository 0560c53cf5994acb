package dev.engram.internal.recall;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one way of searching found: scores by ordinal, best first.
 *
 * @param name such as {@code text}
 * @param weight what a score or rank counts
 * @param scores by ordinal, in the order of the ranking
 */
public record Arm(String name, double weight, Map<Integer, Double> scores) {
  public Arm {
    scores = new LinkedHashMap<>(scores);
  }
}
