package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/** Random changes to a store, the same for the same seed, and what it held after each. */
public final class RandomLife {
  private static final String SPACE = "s";
  private static final String COLLECTION = "d";
  private static final int DIMENSION = 12;

  private final TestClock clock;
  private final Random random;
  private int texts;

  public RandomLife(TestClock clock, long seed) {
    this.clock = clock;
    this.random = new Random(seed);
  }

  /** What a store held after a commit. */
  public record Moment(CommitId commit, Instant at, State state) {
    /** Fails where a store that was opened at that time holds anything else. */
    public void assertHeldBy(Engram engram, String where) {
      State found = State.of(engram);
      assertEquals(state.records, found.records, where);
      found.memories.assertSame(state.memories, where + ": ");
    }
  }

  /** The memories of the space and the records of the collection. */
  public record State(MemoryState memories, SortedMap<String, String> records) {
    static State of(Engram engram) {
      SortedMap<String, String> records = new TreeMap<>();
      if (engram.catalog().describe(COLLECTION).isPresent()) {
        VectorCollection collection = engram.collection(COLLECTION);
        for (VectorRecord each : collection.scan(Scan.first().limit(10_000)).items()) {
          VectorRecord whole = collection.get(each.id()).orElseThrow();
          records.put(
              each.id().toString(),
              whole.text() + " " + whole.metadata().asMap() + " " + Arrays.toString(vector(whole)));
        }
      }
      return new State(MemoryState.of(engram.space(SPACE)), records);
    }

    private static float[] vector(VectorRecord stored) {
      return stored.vector().orElseThrow();
    }
  }

  /** A clock that stands still at an instant. */
  public static TestClock at(Instant instant) {
    TestClock clock = new TestClock();
    clock.pass(Duration.between(clock.instant(), instant));
    return clock;
  }

  /** Makes the space and the collection. */
  public static void begin(Engram engram) {
    MemorySpace _ = engram.space(SPACE);
    VectorCollection _ = engram.collection(COLLECTION, CollectionConfig.ofDimension(DIMENSION));
  }

  /** Makes changes, each at another time. */
  public List<Moment> live(Engram engram, int changes) {
    List<Moment> moments = new ArrayList<>();
    for (int i = 0; i < changes; i++) {
      clock.pass(Duration.ofSeconds(1));
      change(engram);
      moments.add(moment(engram));
    }
    return moments;
  }

  /** What a store holds now. */
  public Moment moment(Engram engram) {
    return new Moment(engram.lastCommit(), clock.instant(), State.of(engram));
  }

  private void change(Engram engram) {
    MemorySpace space = engram.space(SPACE);
    List<Memory> memories = space.scan(Scan.first().limit(10_000)).items();
    VectorCollection collection = engram.collection(COLLECTION);
    RecordId id = RecordId.of("r" + random.nextInt(8));
    switch (memories.size() < 2 ? 0 : random.nextInt(10)) {
      case 0, 1 -> space.learn("tea " + texts++);
      case 2 -> space.update(any(memories), "coffee " + texts++);
      case 3 -> space.associate(memories.getFirst().id(), memories.getLast().id());
      case 4 -> space.forget(any(memories));
      case 5 -> collection.delete(id);
      case 6 -> collection.patch(id, MetadataPatch.empty().merge(Metadata.of("n", texts++)));
      case 7 -> again(engram);
      default -> collection.upsert(List.of(record(id), record(RecordId.of(texts++ % 5))));
    }
  }

  private VectorRecord record(RecordId id) {
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = random.nextFloat() + .1f;
    }
    return VectorRecord.of(id, vector).withText("of " + texts++);
  }

  /** What is dropped goes as a whole. */
  private static void again(Engram engram) {
    engram.write(tx -> {
      tx.space(SPACE).learn("the collection was dropped");
    });
    boolean _ = engram.catalog().drop(COLLECTION);
    begin(engram);
  }

  private RecordId any(List<Memory> memories) {
    return memories.get(random.nextInt(memories.size())).id();
  }
}
