package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random operations give the answers of a plain model. Replays with {@code -Dengram.seed=}. */
class ModelTest {
  private static final int STEPS = 2_000;

  @TempDir Path directory;
  private final TestClock clock = new TestClock();
  private final long seed = Long.getLong("engram.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final StoreModel model = new StoreModel();
  private Engram engram;
  private int texts;

  @Test
  void answersLikeTheModelOnDisk() {
    run(EngramConfig.at(directory.resolve("store")).clock(clock), true);
  }

  @Test
  void answersLikeTheModelInMemory() {
    run(EngramConfig.inMemory().clock(clock), false);
  }

  private void run(EngramConfig config, boolean reopens) {
    int step = 0;
    engram = Engram.open(config);
    try {
      for (; step < STEPS; step++) {
        if (reopens && random.nextInt(200) == 0) {
          engram.close();
          engram = Engram.open(config);
        }
        change(collection());
        ask(collection());
        if (step % 250 == 249) {
          compareEverything();
        }
      }
    } catch (Throwable e) {
      throw new AssertionError("seed=" + seed + ", step=" + step + ": " + e.getMessage(), e);
    } finally {
      engram.close();
    }
  }

  private String collection() {
    int size = model.collections.size();
    if (size == 0 || (size < 3 && random.nextInt(20) == 0)) {
      create("c" + texts++);
    }
    List<String> names = List.copyOf(model.collections.keySet());
    return names.get(random.nextInt(names.size()));
  }

  private void create(String name) {
    engram.catalog().create(name, CollectionConfig.ofDimension(3).metric(Metric.EUCLIDEAN));
    model.collections.put(name, new HashMap<>());
  }

  private void change(String name) {
    switch (random.nextInt(40)) {
      case 0 -> rename(name);
      case 1 -> drop(name);
      case 2, 3 -> clock.pass(Duration.ofSeconds(random.nextInt(120)));
      case 4 -> deleteWhere(name);
      case 5, 6 -> patchWhere(name);
      case 7 -> rollBack(name);
      case 8, 9, 10 -> delete(name);
      case 11, 12, 13 -> patch(name);
      case 14, 15, 16, 17, 18, 19 -> learn();
      case 20, 21 -> forget();
      case 22, 23, 24 -> update();
      case 25, 26, 27, 28 -> associate();
      default -> upsert(name);
    }
  }

  private void rename(String name) {
    String newName = "r" + texts++;
    engram.catalog().alias("latest", name);
    engram.catalog().rename(name, newName);
    assertEquals(newName, engram.collection("latest").info().name());
    model.collections.put(newName, model.collections.remove(name));
  }

  private void drop(String name) {
    assertTrue(engram.catalog().drop(name));
    model.collections.remove(name);
    create(name);
  }

  private RecordId id() {
    return RecordId.of("k" + random.nextInt(60));
  }

  private String word() {
    return "w" + random.nextInt(12);
  }

  private float[] vector() {
    return new float[] {1 + random.nextInt(9), random.nextInt(9), random.nextInt(9)};
  }

  private void upsert(String name) {
    List<VectorRecord> batch = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      RecordId id = id();
      float[] vector = vector();
      StoreModel.Point point = StoreModel.Point.of(vector);
      String text = word() + " " + word();
      long colour = random.nextInt(4);
      VectorRecord record =
          VectorRecord.of(id, vector).withText(text).withMetadata(Metadata.of("colour", colour));
      Optional<Instant> expiry = Optional.empty();
      if (random.nextInt(4) == 0) {
        Duration life = Duration.ofSeconds(1 + random.nextInt(600));
        record = record.withTimeToLive(life);
        expiry = Optional.of(clock.instant().plus(life));
      }
      batch.add(record);
      model.collections.get(name).put(id, new StoreModel.Row(point, text, colour, expiry));
    }
    engram.collection(name).upsert(batch);
  }

  private void delete(String name) {
    RecordId id = id();
    boolean there = model.live(name, clock.instant(), r -> true).containsKey(id);
    assertEquals(there, engram.collection(name).delete(id), "delete " + id);
    model.collections.get(name).remove(id);
  }

  private void patch(String name) {
    RecordId id = id();
    long colour = random.nextInt(4);
    boolean there = model.live(name, clock.instant(), r -> true).containsKey(id);
    MetadataPatch patch = MetadataPatch.empty().set("colour", colour);
    assertEquals(there, engram.collection(name).patch(id, patch), "patch " + id);
    model.collections.get(name).computeIfPresent(id, (k, r) -> there ? r.coloured(colour) : r);
  }

  private void patchWhere(String name) {
    long from = random.nextInt(4);
    long to = random.nextInt(4);
    var rows = model.live(name, clock.instant(), r -> r.colour() == from);
    MetadataPatch patch = MetadataPatch.empty().set("colour", to);
    assertEquals(rows.size(), engram.collection(name).patchWhere(Filter.eq("colour", from), patch));
    rows.forEach((id, row) -> model.collections.get(name).put(id, row.coloured(to)));
  }

  private void deleteWhere(String name) {
    long colour = random.nextInt(4);
    var rows = model.live(name, clock.instant(), r -> r.colour() == colour);
    assertEquals(rows.size(), engram.collection(name).deleteWhere(Filter.eq("colour", colour)));
    rows.keySet().forEach(model.collections.get(name)::remove);
  }

  private void rollBack(String name) {
    try (Transaction tx = engram.begin()) {
      tx.collection(name).upsert(VectorRecord.of(id(), vector()));
      tx.collection(name).deleteWhere(Filter.eq("colour", random.nextInt(4)));
      tx.space("s").learn("never seen " + word());
      tx.rollback();
    }
  }

  private void learn() {
    String text = word() + " " + word() + " " + word();
    Set<RecordId> known = model.memoriesOf(text);
    if (random.nextInt(4) == 0) {
      RecordId id = engram.space("s").learn(Learning.of(text).allowDuplicates()).id();
      assertFalse(known.contains(id), text);
      model.memories.put(id, text);
    } else {
      RecordId id = engram.space("s").learn(text).id();
      assertTrue(known.isEmpty() || known.contains(id), text);
      model.memories.put(id, text);
    }
  }

  private Optional<RecordId> memory() {
    List<RecordId> ids = List.copyOf(model.memories.keySet());
    return ids.isEmpty() ? Optional.empty() : Optional.of(ids.get(random.nextInt(ids.size())));
  }

  private void forget() {
    memory()
        .ifPresent(id -> {
          assertTrue(engram.space("s").forget(id));
          model.forget(id);
        });
  }

  private void update() {
    String text = word() + " unique" + texts++;
    memory()
        .ifPresent(id -> {
          assertTrue(engram.space("s").update(id, text));
          model.memories.put(id, text);
        });
  }

  private void associate() {
    Optional<RecordId> from = memory();
    Optional<RecordId> to = memory();
    if (from.isPresent() && !from.equals(to)) {
      Synapse synapse = engram.space("s").associate(from.get(), to.orElseThrow());
      model.synapses.add(new StoreModel.Pair(synapse.from(), synapse.to()));
    }
  }

  private void ask(String name) {
    switch (random.nextInt(5)) {
      case 0 -> askOne(name);
      case 1 -> askNearest(name);
      case 2 -> askWords(name);
      case 3 -> askCounts(name);
      default -> askMemories();
    }
  }

  private void askOne(String name) {
    RecordId id = id();
    Optional<StoreModel.Row> row =
        Optional.ofNullable(model.live(name, clock.instant(), r -> true).get(id));
    Optional<VectorRecord> record = engram.collection(name).get(id);
    assertEquals(row.map(StoreModel.Row::text), record.flatMap(VectorRecord::text), "get " + id);
    assertEquals(
        row.flatMap(StoreModel.Row::expiresAt), record.flatMap(VectorRecord::expiresAt), "expiry");
  }

  private void askNearest(String name) {
    float[] query = vector();
    long colour = random.nextInt(5);
    var rows = model.live(name, clock.instant(), r -> colour == 4 || r.colour() == colour);
    Filter filter = colour == 4 ? Filter.all() : Filter.eq("colour", colour);
    List<SearchHit> hits =
        engram.collection(name).search(Search.nearest(query).limit(7).where(filter));
    List<Double> found =
        hits.stream()
            .map(hit -> StoreModel.squaredDistance(rows.get(hit.id()).vector(), query))
            .toList();
    assertEquals(StoreModel.nearest(rows.values(), query, 7), found, "nearest in " + name);
  }

  private void askWords(String name) {
    String word = word();
    var rows = model.live(name, clock.instant(), r -> List.of(r.text().split(" ")).contains(word));
    List<SearchHit> hits = engram.collection(name).search(Search.text(word).limit(1_000));
    assertEquals(rows.keySet(), hits.stream().map(SearchHit::id).collect(Collectors.toSet()), word);
  }

  private void askCounts(String name) {
    long colour = random.nextInt(4);
    assertEquals(
        model.live(name, clock.instant(), r -> r.colour() == colour).size(),
        engram.collection(name).count(Filter.eq("colour", colour)),
        "count of colour " + colour);
    assertEquals(
        model.live(name, clock.instant(), r -> true).size(), engram.collection(name).count());
  }

  private void askMemories() {
    String word = word();
    Recall recall = Recall.about(word).limit(1_000);
    Set<RecordId> having = model.memoriesWith(word);
    assertEquals(having, recalled(recall.weight(Recall.Arm.ASSOCIATION, 0)), word);
    Set<RecordId> found = recalled(recall);
    assertTrue(found.containsAll(having), word);
    assertTrue(model.reachedFrom(having, 3).containsAll(found), word);
    memory().ifPresent(id -> assertEquals(model.synapsesOf(id), synapsesOf(id), "neighbours"));
  }

  private Set<RecordId> recalled(Recall recall) {
    return engram.space("s").recall(recall).stream()
        .map(r -> r.memory().id())
        .collect(Collectors.toSet());
  }

  private Set<StoreModel.Pair> synapsesOf(RecordId id) {
    return engram.space("s").neighbours(id).stream()
        .map(s -> new StoreModel.Pair(s.from(), s.to()))
        .collect(Collectors.toSet());
  }

  private void compareEverything() {
    for (String name : model.collections.keySet()) {
      Map<RecordId, Long> expected = new HashMap<>();
      model.live(name, clock.instant(), r -> true).forEach((id, r) -> expected.put(id, r.colour()));
      assertEquals(expected, scanned(name), "scan of " + name);
    }
    assertEquals(model.memories.size(), engram.space("s").count());
    model.memories.forEach(
        (id, text) -> assertEquals(text, engram.space("s").get(id).orElseThrow().text()));
    CheckReport report = engram.check();
    assertTrue(report.ok(), report::toString);
  }

  private Map<RecordId, Long> scanned(String name) {
    Map<RecordId, Long> found = new HashMap<>();
    Set<String> cursors = new HashSet<>();
    Scan scan = Scan.first().limit(7);
    while (true) {
      Page<VectorRecord> page = engram.collection(name).scan(scan);
      page.items().forEach(r -> found.put(r.id(), (Long) r.metadata().asMap().get("colour")));
      if (page.next().isEmpty()) {
        return found;
      }
      assertTrue(cursors.add(page.next().get()), "the cursor moves");
      scan = scan.after(page.next().get());
    }
  }
}
