package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.AuditReport.Finding;
import dev.engram.AuditReport.Kind;
import dev.engram.Synapse.Tier;
import dev.engram.spi.HashingEmbedder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an audit finds, and memories that are made of others. */
class AuditTest {
  private static final String TEA =
      "Alice prefers green tea from the small shop near the old station to any other drink";

  private final TestClock clock = new TestClock();
  private final Engram engram = Engram.open(EngramConfig.inMemory().clock(clock));
  private final MemorySpace space = engram.space("s");

  @AfterEach
  void isHealthyAtTheEnd() {
    try (engram) {
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  private List<Finding> found(Kind kind) {
    AuditReport report = space.audit();
    assertEquals(report.count(kind), report.of(kind).size());
    return report.of(kind);
  }

  @Test
  void anEmptySpaceHasNothingToTidy() {
    AuditReport report = space.audit();
    assertEquals(0, report.memories());
    assertEquals(Set.of(Kind.values()), report.counts().keySet());
    assertEquals(List.of(), report.findings());
  }

  @Test
  void findsExactDuplicatesOfTheSameScopeThatHold() {
    RecordId first = space.learn(TEA).id();
    RecordId second = space.learn(Learning.of(" " + TEA).allowDuplicates()).id();
    RecordId third = space.learn(Learning.of(TEA).allowDuplicates()).id();
    space.learn(Learning.of(TEA).forUser("ann").allowDuplicates());
    space.learn("another");
    Finding all = found(Kind.EXACT_DUPLICATES).getFirst();
    assertEquals(3, all.measure());
    assertEquals(Set.of(first, second, third), Set.copyOf(all.memories()));
    space.forget(first);
    clock.pass(Duration.ofMillis(1));
    space.endValidity(second, clock.instant());
    assertEquals(List.of(), found(Kind.EXACT_DUPLICATES));
  }

  @Test
  void namesSomeOfManyDuplicatesOverSeveralParts() {
    for (int text = 0; text < 3; text++) {
      String words = "text " + "abc".charAt(text);
      space.learn(
          IntStream.range(0, 700).mapToObj(_ -> Learning.of(words).allowDuplicates()).toList());
    }
    Audit exact = Audit.standard().sample(0);
    List<Finding> all = space.audit(exact, Progress.NONE).of(Kind.EXACT_DUPLICATES);
    assertEquals(List.of(700.0, 700.0, 700.0), all.stream().map(Finding::measure).toList());
    all.forEach(each -> assertEquals(AuditReport.NAMED, each.memories().size()));
  }

  @Test
  void findsNearDuplicatesOnceAndSaysHowManyWereComparedByWordsAndByVectors() {
    near(space);
    try (Engram embedded =
        Engram.open(EngramConfig.inMemory().clock(clock).embedder(new HashingEmbedder(256)))) {
      near(embedded.space("s"));
    }
  }

  private static void near(MemorySpace space) {
    RecordId first = space.learn(TEA).id();
    RecordId second = space.learn("Indeed " + TEA).id();
    space.learn(Learning.of("Indeed " + TEA).forUser("ann"));
    space.learn("The bicycle of Bob has a flat tyre");
    AuditReport report = space.audit();
    assertEquals(4, report.memories());
    assertEquals(4, report.compared());
    Finding pair = report.of(Kind.NEAR_DUPLICATES).getFirst();
    assertEquals(1, report.count(Kind.NEAR_DUPLICATES));
    assertEquals(List.of(first, second), pair.memories());
    assertTrue(pair.measure() > .9 && pair.measure() < 1);
    Audit none = Audit.standard().sample(0);
    assertEquals(0, space.audit(none, Progress.NONE).compared());
    Audit half = Audit.standard().sample(2);
    AuditReport sampled = space.audit(half, Progress.NONE);
    assertEquals(2, sampled.compared());
    assertEquals(1, sampled.count(Kind.NEAR_DUPLICATES), "the other one is found from this one");
    Audit strict = Audit.standard().nearDuplicates(NearDuplicates.keep().cosine(1).words(1));
    assertEquals(0, space.audit(strict, Progress.NONE).count(Kind.NEAR_DUPLICATES));
  }

  @Test
  void findsWhatWasNeverRecalled() {
    RecordId idle = space.learn("idle").id();
    RecordId used = space.learn("used").id();
    RecordId ended = space.learn("ended").id();
    clock.pass(Duration.ofDays(30));
    space.access(used);
    space.endValidity(ended, clock.instant());
    assertEquals(List.of(), found(Kind.NEVER_RECALLED));
    clock.pass(Duration.ofDays(1));
    space.learn("young");
    Finding one = found(Kind.NEVER_RECALLED).getFirst();
    assertEquals(List.of(idle), one.memories());
    assertEquals(31, one.measure(), .001);
    Audit later = Audit.standard().unusedFor(Duration.ofDays(31));
    assertEquals(0, space.audit(later, Progress.NONE).count(Kind.NEVER_RECALLED));
  }

  @Test
  void findsWhatWaitsForAVectorAndWhatWasSupersededByWhatIsGone() {
    RecordId old = space.learn("Alice lives in Berlin").id();
    clock.pass(Duration.ofDays(1));
    RecordId fresh = space.supersede(old, Learning.of("Alice lives in Kyoto")).id();
    assertEquals(2, found(Kind.PENDING).size());
    assertEquals(List.of(), found(Kind.SUPERSEDER_GONE));
    clock.pass(Duration.ofDays(400));
    ForgetPolicy unused = ForgetPolicy.standard().where(Filter.exists("gone"));
    space.update(fresh, MetadataPatch.empty().set("gone", true));
    Forgetting done = space.forget(unused);
    assertEquals(1, done.memories());
    clock.pass(Duration.ofDays(2));
    Finding gone = found(Kind.SUPERSEDER_GONE).getFirst();
    assertEquals(List.of(old), gone.memories());
    assertEquals(2, gone.measure(), .001);
    space.undo(done.operation());
    assertEquals(List.of(), found(Kind.SUPERSEDER_GONE));
    assertTrue(space.forget(fresh));
    assertEquals(1, found(Kind.SUPERSEDER_GONE).size());
    assertTrue(space.forget(old));
    assertEquals(List.of(), found(Kind.SUPERSEDER_GONE));
  }

  @Test
  void listsSomeAndCountsAll() {
    space.learn(IntStream.range(0, 30).mapToObj(i -> Learning.of("memory " + i)).toList());
    AuditReport report = space.audit(Audit.standard().listed(7), Progress.NONE);
    assertEquals(30, report.count(Kind.PENDING));
    assertEquals(7, report.of(Kind.PENDING).size());
  }

  @Test
  void refusesWhatIsOutsideTheLimits() {
    Audit audit = Audit.standard().listed(Limits.MAX_AUDIT_FINDINGS);
    assertEquals(Limits.MAX_AUDIT_SAMPLE, audit.sample(Limits.MAX_AUDIT_SAMPLE).sample());
    for (Runnable wrong :
        List.<Runnable>of(
            () -> audit.listed(Limits.MAX_AUDIT_FINDINGS + 1),
            () -> audit.sample(Limits.MAX_AUDIT_SAMPLE + 1),
            () -> audit.sample(-1),
            () -> audit.unusedFor(Duration.ofDays(-1)))) {
      assertThrows(InvalidInputException.class, wrong::run);
    }
  }

  @Test
  void tellsHowFarItIsAndCanBeCancelled() {
    space.learn(IntStream.range(0, 2_500).mapToObj(i -> Learning.of("memory " + i)).toList());
    List<Progress.Update> told = new ArrayList<>();
    space.audit(Audit.standard().sample(0), told::add);
    assertTrue(told.size() > 5);
    assertEquals(100, told.getLast().percentage());
    Progress stop =
        _ -> {
          throw new CancelledException("enough");
        };
    assertThrows(CancelledException.class, () -> space.audit(Audit.standard(), stop));
  }

  @Test
  void mergedMemoriesAreKeptAndHoldNoMore() {
    RecordId green = space.learn("Alice drinks green tea").id();
    RecordId black = space.learn("Alice drinks black tea on Sundays").id();
    clock.pass(Duration.ofDays(1));
    Memory both =
        space.merge(
            List.of(green, black, green),
            Learning.of("Alice drinks green tea, and black tea on Sundays")
                .onNearDuplicate(NearDuplicates.reinforce().words(.1)));
    assertEquals(3, space.count());
    List<RecordId> recalled =
        space.recall("what tea does Alice drink?").stream().map(h -> h.memory().id()).toList();
    assertEquals(List.of(both.id()), recalled);
    assertEquals(Optional.of(clock.instant()), space.get(green).orElseThrow().validUntil());
    clock.pass(Duration.ofDays(365));
    List<Synapse> made = space.neighbours(both.id());
    assertEquals(Set.of(green, black), Set.copyOf(made.stream().map(Synapse::to).toList()));
    for (Synapse each : made) {
      assertEquals(Synapse.DERIVED_FROM, each.relation());
      assertEquals(Tier.LONG_TERM, each.tier());
      assertTrue(each.weight() > .5);
    }
  }

  @Test
  void aMergeHappensAsAWholeOrNotAtAll() {
    RecordId green = space.learn("Alice drinks green tea").id();
    CommitId before = engram.lastCommit();
    Learning merged = Learning.of("Alice drinks tea");
    RecordId gone = RecordId.of("gone");
    assertThrows(NotFoundException.class, () -> space.merge(List.of(green, gone), merged));
    assertThrows(InvalidInputException.class, () -> space.merge(List.of(green, green), merged));
    List<RecordId> many =
        IntStream.rangeClosed(0, Limits.MAX_SEEDS).mapToObj(RecordId::of).toList();
    assertThrows(InvalidInputException.class, () -> space.merge(many, merged));
    RecordId other = space.learn("Alice drinks tea").id();
    clock.pass(Duration.ofDays(1));
    assertThrows(InvalidInputException.class, () -> space.merge(List.of(green, other), merged));
    assertTrue(engram.lastCommit().lsn() == before.lsn() + 1);
    assertFalse(space.get(green).orElseThrow().validUntil().isPresent());
  }
}
