package dev.engram.golden;

import dev.engram.Association;
import dev.engram.CollectionConfig;
import dev.engram.CommitOptions;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.Filter;
import dev.engram.ForgetPolicy;
import dev.engram.Forgetting;
import dev.engram.Learning;
import dev.engram.MaintenancePlan;
import dev.engram.Memory;
import dev.engram.MemorySpace;
import dev.engram.Metadata;
import dev.engram.Metric;
import dev.engram.Progress;
import dev.engram.Provenance;
import dev.engram.Quantization;
import dev.engram.RecordId;
import dev.engram.SnapshotInfo;
import dev.engram.Synapse;
import dev.engram.TestClock;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import dev.engram.spi.HashingEmbedder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A store with something of everything that files hold. */
final class GoldenStore {
  static final String SPACE = "assistant";
  static final String DOCS = "docs";
  static final String SNAPSHOT = "before the talk";
  static final int RECORDS = 700;
  static final int DIMENSION = 8;
  static final RecordId TEA = RecordId.of("tea");
  static final RecordId KYOTO = RecordId.of(new UUID(0x0199c0de00007000L, 0x8000000000000001L));
  static final RecordId TRAIN = RecordId.of(7);
  static final RecordId RAIN = RecordId.of("rain");

  /** How long it was filled: whoever opens it sets the clock so. */
  private static final Duration LIFE = Duration.ofDays(4);

  private GoldenStore() {}

  /** The clock at the moment at which it was filled. */
  static TestClock clockAtItsEnd() {
    TestClock clock = new TestClock();
    clock.pass(LIFE);
    return clock;
  }

  /** A configuration in which nothing happens by itself. */
  static EngramConfig config(Path directory, TestClock clock) {
    return EngramConfig.at(directory)
        .clock(clock)
        .embedder(new HashingEmbedder(16))
        .actor("maker")
        .maintenance(MaintenancePlan.none());
  }

  /** Fills a new store, over {@link #LIFE}. */
  static void fill(Path directory) {
    TestClock clock = new TestClock();
    try (Engram engram = Engram.open(config(directory, clock).auditLog(true))) {
      MemorySpace space = engram.space(SPACE);
      learn(space);
      engram.catalog().alias("helper", SPACE);
      fillDocs(engram);
      clock.pass(Duration.ofDays(1));
      SnapshotInfo _ =
          engram.snapshots().create(SNAPSHOT, Metadata.of("why", "a talk"), Progress.NONE);
      live(space, clock);
      forget(space, clock);
      engram.auditLog().note("tour", "the golden store");
      clock.pass(Duration.ofDays(1));
    }
  }

  private static void learn(MemorySpace space) {
    Memory _ =
        space.learn(
            Learning.of("Alice prefers green tea")
                .withId(TEA)
                .withMetadata(Metadata.of("user", "alice", "strength", 0.5, "cups", 3))
                .from(new Provenance("diary", "3")));
    Memory _ =
        space.learn(
            Learning.of("Alice moved to Kyoto in May")
                .withId(KYOTO)
                .occurredAt(Instant.parse("2024-05-04T03:02:01.123Z"))
                .validFrom(Instant.parse("2024-05-01T00:00:00Z")));
    Memory _ =
        space.learn(
            Learning.of("The train to Kyoto takes two hours")
                .withId(TRAIN)
                .withMetadata(Metadata.of("tags", List.of("train", true, 2.5), "at", Instant.EPOCH))
                .withImportance(.7)
                .withTimeToLive(Duration.ofDays(3_000)));
    for (String weather : List.of("rain", "snow", "wind")) {
      Memory _ =
          space.learn(
              Learning.of("The weather brought " + weather)
                  .withId(RecordId.of(weather))
                  .withMetadata(Metadata.of("topic", "weather", "kind", weather)));
    }
    Synapse _ = space.associate(TEA, KYOTO);
    List<Synapse> _ =
        space.associate(
            List.of(
                new Association(KYOTO, TRAIN, "REACHED_BY", .9),
                new Association(TRAIN, RAIN, Synapse.CAUSED_BY, .4)));
  }

  private static void fillDocs(Engram engram) {
    VectorCollection docs =
        engram.collection(
            DOCS,
            CollectionConfig.ofDimension(DIMENSION)
                .metric(Metric.EUCLIDEAN)
                .quantization(Quantization.BITS_4)
                .recallTarget(.9));
    List<VectorRecord> records = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      records.add(
          VectorRecord.of(RecordId.of(i), vector(i)).withMetadata(Metadata.of("third", i % 3)));
    }
    docs.upsert(records);
    docs.upsert(VectorRecord.ofText("words", "a text of its own"));
    boolean _ = docs.delete(RecordId.of(RECORDS - 1));
    engram.write(
        CommitOptions.NONE.idempotencyKey("once").author("a writer"),
        tx -> tx.collection(DOCS).upsert(VectorRecord.of(RecordId.of(0), vector(0))));
  }

  /** Of small whole numbers, each another one. */
  static float[] vector(int number) {
    float[] vector = new float[DIMENSION];
    for (int i = 0, rest = number; i < DIMENSION; i++, rest /= 3) {
      vector[i] = rest % 3;
    }
    return vector;
  }

  /** Synapses of both tiers, what memories said before, working memory, and cycles of sleep. */
  private static void live(MemorySpace space, TestClock clock) {
    Memory _ = space.pin(KYOTO, true);
    for (int i = 0; i < 5; i++) {
      int _ = space.hebbian(List.of(TEA, KYOTO));
      Memory _ = space.access(TRAIN);
      space.sleep();
      clock.pass(Duration.ofHours(1));
    }
    space.consolidate();
    boolean _ = space.update(TEA, "Alice prefers black tea");
    clock.pass(Duration.ofHours(1));
    Memory _ =
        space.supersede(
            TRAIN, Learning.of("The train takes one hour").withId(RecordId.of("faster")));
    clock.pass(Duration.ofHours(42).minusMinutes(1));
  }

  /** One time that was undone, and one that still can be. */
  private static void forget(MemorySpace space, TestClock clock) {
    ForgetPolicy policy =
        ForgetPolicy.aggressive().fewerAccessesThan(9).unusedFor(Duration.ofSeconds(1));
    Forgetting first = space.forget(policy.where(Filter.eq("kind", "snow")));
    long _ = space.undo(first.operation());
    clock.pass(Duration.ofMinutes(1));
    Forgetting _ = space.forget(policy.where(Filter.eq("kind", "rain")));
    boolean _ = space.forget(RecordId.of("wind"));
  }
}
