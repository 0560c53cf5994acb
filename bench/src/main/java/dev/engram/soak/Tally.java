package dev.engram.soak;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What was done how often. Not thread-safe. */
final class Tally {
  private final Map<String, Long> counts = new TreeMap<>();

  void count(String what, long more) {
    counts.merge(what, more, Long::sum);
  }

  long of(String what) {
    return counts.getOrDefault(what, 0L);
  }

  @Override
  public String toString() {
    return counts.entrySet().stream()
        .map(each -> each.getKey() + "=" + each.getValue())
        .collect(Collectors.joining(", "));
  }
}
