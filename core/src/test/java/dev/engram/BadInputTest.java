package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bad input gets a typed error that names it, and leaves the store as it was. */
class BadInputTest {
  private Engram engram;
  private VectorCollection docs;
  private CommitId before;

  @BeforeEach
  void open() {
    engram = Engram.inMemory();
    docs = engram.collection("docs", CollectionConfig.ofDimension(2));
    docs.upsert(VectorRecord.of("a", new float[] {1, 0}));
    engram.space("s");
    before = engram.lastCommit();
  }

  @AfterEach
  void nothingHasChanged() {
    try (Engram open = engram) {
      assertEquals(before, open.lastCommit());
      assertEquals(1, docs.count());
      assertTrue(open.check().ok(), () -> open.check().toString());
    }
  }

  private static void refuses(ErrorCode code, String named, Runnable act) {
    EngramException e = assertThrows(EngramException.class, act::run);
    assertEquals(code, e.code(), e.getMessage());
    assertTrue(e.getMessage().contains(named), e.getMessage());
  }

  private void refusesRecord(String named, float... vector) {
    refuses(ErrorCode.INVALID_INPUT, named, () -> docs.upsert(VectorRecord.of("private", vector)));
  }

  @Test
  void namesTheDimensionOfAVector() {
    refusesRecord("=3", 1, 2, 3);
  }

  @Test
  void namesTheComponentThatIsNoNumber() {
    refusesRecord("NaN", 1, Float.NaN);
    refusesRecord("Infinity", Float.NEGATIVE_INFINITY, 1);
  }

  @Test
  void refusesAVectorWithoutDirection() {
    refusesRecord("zero", 0, 0);
  }

  @Test
  void namesTheLengthOfAnIdAndNotTheId() {
    String longest = "é".repeat(Limits.MAX_ID_BYTES / 2);
    assertEquals(RecordId.of(longest), RecordId.of(longest));
    InvalidInputException e =
        assertThrows(InvalidInputException.class, () -> docs.get(longest + "x"));
    assertTrue(e.getMessage().contains("=" + (Limits.MAX_ID_BYTES + 1)), e.getMessage());
    assertFalse(e.getMessage().contains("éé"), "no user content in a message");
  }

  @Test
  void refusesMetadataThatIsNestedTooDeeply() {
    refuses(ErrorCode.INVALID_INPUT, "" + Limits.MAX_DEPTH, () -> Metadata.of("a", nested(64)));
  }

  private static Object nested(int depth) {
    return depth == 0 ? List.of(1L) : Map.of("a", nested(depth - 1));
  }

  @Test
  void namesTheCollectionThatIsUnknown() {
    refuses(ErrorCode.NOT_FOUND, "nowhere", () -> engram.collection("nowhere"));
    refuses(ErrorCode.NOT_FOUND, "nowhere", () -> engram.catalog().rename("nowhere", "x"));
    assertFalse(engram.catalog().drop("nowhere"));
    assertTrue(engram.findSpace("nowhere").isEmpty());
  }

  @Test
  void refusesANameThatIsTaken() {
    CollectionConfig other = CollectionConfig.ofDimension(3);
    refuses(ErrorCode.ALREADY_EXISTS, "docs", () -> engram.catalog().create("docs", other));
    refuses(ErrorCode.MISMATCH, "docs", () -> engram.collection("docs", other));
  }

  @Test
  void refusesNamesThatAreEmptyOrTooLong() {
    CollectionConfig config = CollectionConfig.textOnly();
    String tooLong = "n".repeat(Limits.MAX_NAME_BYTES + 1);
    refuses(ErrorCode.INVALID_INPUT, "", () -> engram.catalog().create("", config));
    refuses(
        ErrorCode.INVALID_INPUT,
        "" + Limits.MAX_NAME_BYTES,
        () -> engram.catalog().create(tooLong, config));
  }

  @Test
  void refusesTextsThatUnicodeCannotHold() {
    String broken = "a\ud800";
    refuses(ErrorCode.INVALID_INPUT, "surrogate", () -> RecordId.of(broken));
    refuses(ErrorCode.INVALID_INPUT, "surrogate", () -> engram.space(broken));
    refuses(ErrorCode.INVALID_INPUT, "surrogate", () -> CommitOptions.NONE.idempotencyKey(broken));
    refuses(ErrorCode.INVALID_INPUT, "surrogate", () -> CommitOptions.NONE.author(broken));
    refuses(ErrorCode.INVALID_INPUT, "surrogate", () -> engram.space("s").learn(broken));
    assertEquals(RecordId.of("a\ud83d\ude00"), RecordId.of("a\ud83d\ude00"));
  }

  @Test
  void refusesLivesThatAreTooShortOrTooLong() {
    CollectionConfig config = CollectionConfig.textOnly();
    VectorRecord record = VectorRecord.ofText("a", "a");
    for (Duration bad :
        List.of(
            Duration.ZERO,
            Duration.ofNanos(1),
            Duration.ofMillis(Long.MAX_VALUE),
            ChronoUnit.FOREVER.getDuration())) {
      refuses(ErrorCode.INVALID_INPUT, bad.toString(), () -> config.timeToLive(bad));
      refuses(ErrorCode.INVALID_INPUT, bad.toString(), () -> record.withTimeToLive(bad));
      refuses(ErrorCode.INVALID_INPUT, bad.toString(), () -> Learning.of("a").withTimeToLive(bad));
    }
    refuses(ErrorCode.INVALID_INPUT, "expiry", () -> record.withExpiry(Instant.MAX));
    assertEquals(
        Limits.MAX_TIME_TO_LIVE,
        config.timeToLive(Limits.MAX_TIME_TO_LIVE).timeToLive().orElseThrow());
  }

  @Test
  void doesNotCommitPartOfAChangeThatFailed() {
    try (Transaction tx = engram.begin()) {
      VectorRecord good = VectorRecord.of("b", new float[] {1, 0});
      VectorRecord bad = VectorRecord.of("c", new float[] {1});
      List<VectorRecord> both = List.of(good, bad);
      refuses(ErrorCode.INVALID_INPUT, "dimension", () -> tx.collection("docs").upsert(both));
      refuses(ErrorCode.INVALID_INPUT, "nothing was written", tx::commit);
    }
  }

  @Test
  void namesTheCollectionOfAnOldName() {
    VectorCollection old = engram.collection("docs");
    MemorySpace space = engram.findSpace("s").orElseThrow();
    try (Engram other = Engram.inMemory()) {
      MemorySpace gone = other.space("x");
      assertTrue(other.catalog().drop("x"));
      refuses(ErrorCode.NOT_FOUND, "x", () -> gone.learn("anything"));
      assertTrue(other.findSpace("x").isEmpty());
    }
    assertEquals("docs", old.name());
    assertEquals(0, space.count());
  }

  @Test
  void refusesOneMoreThanALimit() {
    String tooLong = "x".repeat(Limits.MAX_TEXT_BYTES + 1);
    refusesOverLimit(Limits.MAX_TEXT_BYTES, () -> docs.upsert(VectorRecord.ofText("a", tooLong)));
    refusesOverLimit(
        Limits.MAX_TEXT_BYTES, () -> engram.findSpace("s").orElseThrow().learn(tooLong));
    refusesOverLimit(
        Limits.MAX_DIMENSION, () -> CollectionConfig.ofDimension(Limits.MAX_DIMENSION + 1));
    refusesOverLimit(Limits.MAX_RESULTS, () -> Search.text("a").limit(Limits.MAX_RESULTS + 1));
    refusesOverLimit(Limits.MAX_RESULTS, () -> Recall.about("a").limit(Limits.MAX_RESULTS + 1));
    refusesOverLimit(
        Limits.MAX_IDEMPOTENCY_KEY_BYTES,
        () -> CommitOptions.NONE.idempotencyKey("x".repeat(Limits.MAX_IDEMPOTENCY_KEY_BYTES + 1)));
  }

  @Test
  void refusesATransactionOfTooManyChanges() {
    try (Transaction tx = engram.begin()) {
      VectorCollection mine = tx.collection("docs");
      float[] vector = {1, 0};
      refusesOverLimit(
          Limits.MAX_TRANSACTION_CHANGES,
          () -> {
            for (int i = 0; i <= Limits.MAX_TRANSACTION_CHANGES; i++) {
              mine.upsert(VectorRecord.of(RecordId.of(i), vector));
            }
          });
      refuses(ErrorCode.INVALID_INPUT, "nothing was written", tx::commit);
    }
  }

  private static void refusesOverLimit(long limit, Runnable act) {
    refuses(ErrorCode.INVALID_INPUT, "" + limit, act);
  }

  @Test
  void refusesPeriodsThatAreTooShortOrTooLong() {
    MemorySpace space = engram.findSpace("s").orElseThrow();
    Dynamics dynamics = Dynamics.standard();
    for (Duration bad :
        List.of(
            Duration.ofNanos(1),
            Duration.ofMillis(Long.MAX_VALUE),
            ChronoUnit.FOREVER.getDuration())) {
      refuses(ErrorCode.INVALID_INPUT, bad.toString(), () -> dynamics.consolidationInterval(bad));
      refuses(ErrorCode.INVALID_INPUT, bad.toString(), () -> dynamics.workingMemoryTime(bad));
      refuses(ErrorCode.INVALID_INPUT, bad.toString(), () -> dynamics.importanceHalfLife(bad));
      refuses(
          ErrorCode.INVALID_INPUT, bad.toString(), () -> ForgetPolicy.standard().unusedFor(bad));
    }
    Duration ever = ChronoUnit.FOREVER.getDuration();
    refuses(ErrorCode.INVALID_INPUT, ever.toString(), () -> dynamics.undoWindow(ever));
    refuses(ErrorCode.INVALID_INPUT, ever.toString(), () -> dynamics.historyTime(ever));
    refuses(ErrorCode.INVALID_INPUT, ever.toString(), () -> Audit.standard().unusedFor(ever));
    assertEquals(dynamics, space.dynamics());
  }

  @Test
  void refusesTimesOfARecallThatAreOutOfRange() {
    Recall recall = Recall.about("a");
    refuses(ErrorCode.INVALID_INPUT, "time", () -> recall.since(Instant.MIN));
    refuses(ErrorCode.INVALID_INPUT, "time", () -> recall.until(Instant.MAX));
    refuses(ErrorCode.INVALID_INPUT, "time", () -> recall.validAt(Instant.MAX));
    refuses(ErrorCode.INVALID_INPUT, "NaN", () -> recall.minScore(Double.NaN));
  }
}
