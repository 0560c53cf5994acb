package dev.engram.soak;

import dev.engram.CheckReport;
import dev.engram.Engram;
import dev.engram.Filter;
import dev.engram.Recall;
import dev.engram.Recollection;
import dev.engram.Search;
import dev.engram.SearchHit;
import dev.engram.VectorCollection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Asks a store what its views answer, and compares with the oracle: words, filters, nearest vectors
 * and recall. Leaves no trace in the store. One use; not thread-safe.
 */
final class Answers {
  private static final int MOST = 10_000;
  private static final int NEAREST = 7;
  private static final int SAMPLES = 5;

  private final Engram engram;
  private final Model model;
  private final long millis;
  private final RandomGenerator random;
  private final List<String> differences = new ArrayList<>();

  Answers(Engram engram, Model model, long millis, RandomGenerator random) {
    this.engram = engram;
    this.model = model;
    this.millis = millis;
    this.random = random;
  }

  /** How a store differs from the oracle, in what it holds and in what its views answer. */
  static List<String> differences(Engram engram, Model model, long millis, RandomGenerator random) {
    List<String> held = model.differences(Found.in(engram), millis);
    return held.isEmpty() ? new Answers(engram, model, millis, random).compare() : held;
  }

  /** As the other, and the store's own check has to find nothing. */
  static List<String> differencesAndFindings(
      Engram engram, Model model, long millis, RandomGenerator random) {
    List<String> all = new ArrayList<>(differences(engram, model, millis, random));
    CheckReport report = engram.check();
    report.findings().forEach(each -> all.add("check: " + each));
    return all;
  }

  private List<String> compare() {
    for (int i = 0; i < SAMPLES; i++) {
      words(Words.word(random));
    }
    nearest(random.nextInt(Doc.VECTORS));
    colours();
    bulk();
    counts();
    return differences;
  }

  private void words(String word) {
    Set<String> wanted =
        model
            .docs(millis)
            .filter(each -> each.getValue().says(word))
            .map(Map.Entry::getKey)
            .collect(Collectors.toCollection(TreeSet::new));
    expect("documents with " + word, wanted, ids(Search.text(word).limit(MOST)));
    Set<String> known =
        model
            .notes()
            .filter(each -> each.getValue().says(word))
            .map(Map.Entry::getKey)
            .collect(Collectors.toCollection(TreeSet::new));
    expect("memories with " + word, known, recalled(word));
  }

  private Set<String> ids(Search search) {
    return docs().search(search).stream()
        .map(hit -> hit.id().toString())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Set<String> recalled(String word) {
    Recall recall = Recall.about(word).limit(MOST).weight(Recall.Arm.ASSOCIATION, 0).untouched();
    List<Recollection> found = engram.space(Op.MIND).recall(recall);
    return found.stream()
        .map(each -> each.memory().id().toString())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void nearest(int vector) {
    float[] query = Doc.vectorOf(vector);
    List<Double> wanted =
        model
            .docs(millis)
            .map(each -> distance(each.getValue().vector(), query))
            .sorted()
            .limit(NEAREST)
            .toList();
    List<SearchHit> hits = docs().search(Search.nearest(query).limit(NEAREST).exact());
    List<Double> found = hits.stream().map(hit -> distance(hit, query)).toList();
    expect("distances of the nearest to " + vector, wanted, found);
  }

  private double distance(SearchHit hit, float[] query) {
    String id = hit.id().toString();
    Doc doc = model.part(id).docs().get(id);
    return doc == null ? Double.NaN : distance(doc.vector(), query);
  }

  private static double distance(int vector, float[] query) {
    float[] components = Doc.vectorOf(vector);
    double sum = 0;
    for (int i = 0; i < query.length; i++) {
      sum += (components[i] - query[i]) * (double) (components[i] - query[i]);
    }
    return sum;
  }

  private void colours() {
    long colour = random.nextInt(Planner.COLOURS);
    long wanted = model.docs(millis).filter(each -> each.getValue().colour() == colour).count();
    expect("documents of colour " + colour, wanted, docs().count(Filter.eq(Op.COLOUR, colour)));
  }

  /** Some vectors of the large collection have to find themselves. */
  private void bulk() {
    VectorCollection bulk = engram.collection(Bulk.NAME);
    for (int i = 0; i < SAMPLES; i++) {
      int number = random.nextInt(Bulk.SIZE);
      int version = model.bulk()[number];
      if (version > 0) {
        float[] query = Bulk.vector(number, version);
        List<SearchHit> hits = bulk.search(Search.nearest(query).limit(1).exact());
        expect(
            "nearest to itself",
            List.of(Bulk.id(number)),
            hits.stream().map(SearchHit::id).toList());
      }
    }
  }

  private void counts() {
    expect("documents", model.docs(millis).count(), docs().count());
    expect("memories", model.notes().count(), engram.space(Op.MIND).count());
    expect("vectors", model.bulkCount(), engram.collection(Bulk.NAME).count());
  }

  private VectorCollection docs() {
    return engram.collection(Op.DOCS);
  }

  private void expect(String what, Object wanted, Object found) {
    if (!wanted.equals(found)) {
      differences.add(what + ": wanted=" + wanted + ", found=" + found);
    }
  }
}
