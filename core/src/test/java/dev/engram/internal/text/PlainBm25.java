package dev.engram.internal.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/** The formula written down plainly, over the texts of one scope; the words are their own stems. */
final class PlainBm25 {
  private final Map<Integer, List<String>> documents = new TreeMap<>();

  void put(int ordinal, String text) {
    documents.put(ordinal, split(text));
  }

  void delete(int ordinal) {
    documents.remove(ordinal);
  }

  int size() {
    return documents.size();
  }

  /** Ordinals with their scores, best first. */
  List<Map.Entry<Integer, Double>> search(String question, int limit, IntPredicate allowed) {
    Map<Integer, Double> scores = scores(question);
    List<Map.Entry<Integer, Double>> hits = new ArrayList<>();
    scores.forEach((ordinal, score) -> {
      if (score > 0 && allowed.test(ordinal)) {
        hits.add(Map.entry(ordinal, score));
      }
    });
    hits.sort(
        Comparator.comparingDouble((Map.Entry<Integer, Double> hit) -> -hit.getValue().floatValue())
            .thenComparing(Map.Entry::getKey));
    return hits.subList(0, Math.min(limit, hits.size()));
  }

  private Map<Integer, Double> scores(String question) {
    double count = documents.size();
    double average = documents.values().stream().mapToInt(List::size).average().orElse(0);
    Set<String> terms = new HashSet<>(split(question));
    Map<Integer, Double> scores = new HashMap<>();
    double information = 0;
    for (String term : terms) {
      long df = documents.values().stream().filter(words -> words.contains(term)).count();
      double idf = Math.log(1 + (count - df + .5) / (df + .5));
      information += df > 0 ? idf : .5 * Math.log(1 + count / .5);
      documents.forEach((ordinal, words) -> {
        double tf = words.stream().filter(term::equals).count();
        double norm = .9 * (1 - .3 + .3 * words.size() / average);
        scores.merge(ordinal, idf * tf / (tf + norm), Double::sum);
      });
    }
    double total = information;
    scores.replaceAll((ordinal, score) -> score / total);
    return scores;
  }

  private static List<String> split(String text) {
    return Arrays.stream(text.split("[^a-z]+")).filter(word -> !word.isEmpty()).toList();
  }
}
