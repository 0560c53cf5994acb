package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a transaction promises. */
class TransactionTest {
  @TempDir Path directory;
  private final TestClock clock = new TestClock();
  private Engram engram;

  @BeforeEach
  void open() {
    engram = Engram.open(EngramConfig.at(directory).clock(clock));
    engram.collection("docs", CollectionConfig.textOnly());
  }

  @AfterEach
  void checkAndClose() {
    try (Engram open = engram) {
      assertTrue(open.check().ok(), () -> open.check().toString());
    }
  }

  private VectorCollection docs() {
    return engram.collection("docs");
  }

  @Test
  void makesEverythingVisibleTogetherOrNothing() {
    CommitId before = engram.lastCommit();
    CommitId commit =
        engram.write(tx -> {
          MemorySpace space = tx.space("mind");
          Memory a = space.learn("one thing");
          Memory b = space.learn("another thing");
          space.associate(a.id(), b.id());
          tx.collection("docs").upsert(VectorRecord.ofText("d", "a document"));
          assertEquals(Optional.empty(), engram.findSpace("mind"));
        });
    assertEquals(before.lsn() + 1, commit.lsn());
    assertEquals(2, engram.space("mind").count());
    assertThrows(
        IllegalStateException.class,
        () ->
            engram.write(tx -> {
              tx.space("mind").learn("a third thing");
              tx.space("other").learn("a fourth thing");
              throw new IllegalStateException("no");
            }));
    assertEquals(2, engram.space("mind").count());
    assertEquals(Optional.empty(), engram.findSpace("other"));
    assertEquals(commit, engram.lastCommit());
  }

  @Test
  void readsItsOwnWritesAndTheStateOfItsStart() {
    docs().upsert(VectorRecord.ofText("a", "first"));
    try (Transaction tx = engram.begin()) {
      VectorCollection mine = tx.collection("docs");
      docs().upsert(VectorRecord.ofText("later", "by somebody else"));
      assertEquals(Optional.empty(), mine.get("later"));
      mine.upsert(VectorRecord.ofText("b", "second").withMetadata(Metadata.of("n", 1)));
      mine.delete("a");
      assertEquals(Optional.of("second"), mine.get("b").orElseThrow().text());
      assertEquals(Optional.empty(), mine.get("a"));
      assertEquals(
          List.of(RecordId.of("b")),
          mine.scan(Scan.first()).items().stream().map(VectorRecord::id).toList());
      assertEquals(1, mine.count());
      assertEquals(1, mine.deleteWhere(Filter.eq("n", 1)));
      assertEquals(0, mine.count());
      assertEquals(2, docs().count());
      tx.rollback();
      assertThrows(ClosedException.class, () -> mine.get("b"));
      assertThrows(ClosedException.class, tx::commit);
    }
    assertEquals(2, docs().count());
  }

  @Test
  void abortsTheLaterOfTwoThatWriteTheSame() {
    try (Transaction one = engram.begin();
        Transaction two = engram.begin()) {
      one.collection("docs").upsert(VectorRecord.ofText("a", "one"));
      two.collection("docs").upsert(VectorRecord.ofText("a", "two"));
      one.commit();
      ConflictException e = assertThrows(ConflictException.class, two::commit);
      assertEquals(ErrorCode.CONFLICT, e.code());
    }
    assertEquals(Optional.of("one"), docs().get("a").orElseThrow().text());
  }

  @Test
  void preventsWriteSkewWithALock() {
    assertEquals(2, skew(false));
    assertEquals(1, skew(true));
  }

  /** Two transactions each read the other's record and write their own; how many commit. */
  private int skew(boolean locking) {
    docs().upsert(List.of(VectorRecord.ofText("x", "on"), VectorRecord.ofText("y", "on")));
    int committed = 0;
    try (Transaction one = engram.begin();
        Transaction two = engram.begin()) {
      List<Transaction> both = List.of(one, two);
      for (int i = 0; i < 2; i++) {
        Transaction tx = both.get(i);
        String reads = i == 0 ? "y" : "x";
        String writes = i == 0 ? "x" : "y";
        if (locking) {
          tx.lock("docs", RecordId.of(reads));
        }
        assertTrue(tx.collection("docs").get(reads).isPresent());
        tx.collection("docs").upsert(VectorRecord.ofText(writes, "off"));
      }
      for (Transaction tx : both) {
        try {
          tx.commit();
          committed++;
        } catch (ConflictException e) {
          assertTrue(locking);
        }
      }
    }
    return committed;
  }

  @Test
  void retriesUntilItWins() throws InterruptedException {
    docs().upsert(VectorRecord.of(RecordId.of("n")).withMetadata(Metadata.of("n", 0)));
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                for (int i = 0; i < 25; i++) {
                  increment();
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(Optional.of(200L), docs().get("n").orElseThrow().metadata().getLong("n"));
  }

  private void increment() {
    long _ =
        engram.transact(tx -> {
          VectorCollection mine = tx.collection("docs");
          long n = mine.get("n").orElseThrow().metadata().getLong("n").orElseThrow();
          mine.upsert(VectorRecord.of(RecordId.of("n")).withMetadata(Metadata.of("n", n + 1)));
          return n;
        });
  }

  @Test
  void learnsOneMemoryFromTwoThatLearnTheSame() throws InterruptedException {
    MemorySpace space = engram.space("mind");
    Set<RecordId> ids = ConcurrentHashMap.newKeySet();
    List<Thread> threads =
        IntStream.range(0, 8)
            .mapToObj(t ->
                Thread.ofVirtual()
                    .start(() -> {
                      for (int i = 0; i < 20; i++) {
                        ids.add(space.learn("thing " + i).id());
                      }
                    }))
            .toList();
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(20, ids.size());
    assertEquals(20, space.count());
  }

  @Test
  void commitsOnceForAnIdempotencyKey() {
    CommitOptions options = CommitOptions.NONE.idempotencyKey("order-1").author("tester").durable();
    CommitId first =
        engram.write(options, tx -> tx.collection("docs").upsert(VectorRecord.ofText("a", "1")));
    CommitId again =
        engram.write(options, tx -> tx.collection("docs").upsert(VectorRecord.ofText("b", "2")));
    assertEquals(first, again);
    assertEquals(Optional.empty(), docs().get("b"));
    engram.close();
    engram = Engram.open(EngramConfig.at(directory).clock(clock));
    assertEquals(
        first,
        engram.write(options, tx -> tx.collection("docs").upsert(VectorRecord.ofText("b", "2"))));
    assertThrows(
        InvalidInputException.class, () -> CommitOptions.NONE.idempotencyKey("x".repeat(1_025)));
    assertThrows(InvalidInputException.class, () -> CommitOptions.NONE.author("x".repeat(256)));
  }

  @Test
  void forgetsAnIdempotencyKeyWhenItsTimeIsOver() throws InterruptedException {
    CommitOptions options = CommitOptions.NONE.idempotencyKey("order-1");
    Consumer<Transaction> body = tx -> tx.collection("docs").upsert(VectorRecord.ofText("a", "1"));
    CommitId first = engram.write(options, body);
    clock.pass(Duration.ofHours(23));
    Thread.sleep(1_500);
    assertEquals(first, engram.write(options, body));
    clock.pass(Duration.ofHours(2));
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (first.equals(engram.write(options, body))) {
      assertTrue(System.nanoTime() < deadline, "the key is kept for ever");
      Thread.sleep(20);
    }
  }

  @Test
  void createsAndDropsInATransaction() {
    docs().upsert(VectorRecord.ofText("a", "one"));
    try (Transaction tx = engram.begin()) {
      assertThrows(NotFoundException.class, () -> tx.collection("none"));
      assertThrows(NotFoundException.class, () -> tx.lock("none", RecordId.of(1)));
      assertEquals(0, tx.space("new").count());
    }
    assertEquals(Optional.empty(), engram.findSpace("new"));
    try (Transaction tx = engram.begin()) {
      VectorCollection mine = tx.collection("docs");
      mine.upsert(VectorRecord.ofText("b", "two"));
      engram.catalog().drop("docs");
      assertEquals(2, mine.count());
      assertThrows(ConflictException.class, tx::commit);
    }
    assertFalse(engram.catalog().describe("docs").isPresent());
  }

  @Test
  void refusesATransactionThatIsTooLarge() {
    String text = "x".repeat(Limits.MAX_TEXT_BYTES);
    try (Transaction tx = engram.begin()) {
      VectorCollection mine = tx.collection("docs");
      assertThrows(
          InvalidInputException.class,
          () -> {
            for (int i = 0; i < 20; i++) {
              mine.upsert(VectorRecord.of(RecordId.of(i)).withText(text));
            }
          });
    }
    assertEquals(0, docs().count());
  }

  @Test
  void waitsForViewsToCatchUp() {
    docs().upsert(VectorRecord.ofText("a", "one"));
    assertTrue(engram.awaitViews(engram.lastCommit(), Duration.ofSeconds(10)));
    assertEquals(0, engram.stats().views().stream().mapToLong(Stats.ViewStats::lag).sum());
  }
}
