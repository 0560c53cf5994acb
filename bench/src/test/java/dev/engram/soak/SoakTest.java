package dev.engram.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.Durability;
import dev.engram.Engram;
import dev.engram.MetadataPatch;
import dev.engram.RecordId;
import dev.engram.VectorRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The soak in its short form, and that it finds what is wrong. */
class SoakTest {
  private static final long SEED = Long.getLong("engram.seed", System.nanoTime());

  @TempDir Path directory;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  private boolean soak(Path folder, List<Step> kinds, int steps, Durability promise)
      throws IOException {
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    Soak.Settings settings = new Soak.Settings(SEED, Duration.ZERO, steps, kinds, promise);
    return new Soak(settings, Files.createDirectory(folder), out).run();
  }

  private String printed() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aRoundOfEverythingIsClean() throws IOException {
    Path folder = directory.resolve("soak");
    List<Step> kinds = List.of(Step.values());
    boolean clean = soak(folder, kinds, kinds.size(), Durability.DURABLE);
    System.out.println(printed().lines().toList().getLast());
    assertTrue(clean, this::printed);
    assertTrue(printed().startsWith("soak: seed=" + SEED), this::printed);
    for (Step kind : kinds) {
      assertTrue(printed().contains("steps " + kind + "=1"), kind + " is not in " + printed());
    }
    assertFalse(Files.exists(folder), "something is left");
  }

  @Test
  void aStoreThatPromisesLessIsCaughtAndKept() throws IOException {
    Path folder = directory.resolve("periodic");
    List<Step> kinds = List.of(Step.KILL);
    assertFalse(soak(folder, kinds, 12, Durability.periodic(Duration.ofHours(1))), this::printed);
    for (String part :
        List.of(
            "FAILED: seed=" + SEED,
            "has acknowledged",
            "kept: " + folder,
            "again: ./engram soak --minutes 0 --seed " + SEED)) {
      assertTrue(printed().contains(part), () -> part + " is not in " + printed());
    }
    assertTrue(Files.exists(folder.resolve("store")), "the store is gone");
  }

  @Test
  void whatChangesBehindTheOraclesBackIsFound() {
    List<Consumer<Engram>> changes =
        List.of(
            engram -> engram.collection(Op.DOCS).delete(anyDoc(engram)),
            engram -> engram.collection(Op.DOCS).patch(anyDoc(engram), painted()),
            engram -> engram.collection(Op.DOCS).upsert(unheard()),
            engram -> engram.collection(Bulk.NAME).delete(Bulk.id(7)),
            engram -> engram.space(Op.MIND).forget(anyNote(engram)),
            engram -> engram.space(Op.MIND).update(anyNote(engram), "another text"),
            SoakTest::join);
    for (int i = 0; i < changes.size(); i++) {
      try (World world = new World(directory.resolve("changed" + i), Durability.DURABLE)) {
        world.begin(new SplittableRandom(SEED));
        world.verify(new SplittableRandom(1), "as it was");
        changes.get(i).accept(world.engram());
        String which = "change " + i + ", seed=" + SEED;
        assertThrows(
            SoakFailure.class, () -> world.verify(new SplittableRandom(1), "changed"), which);
      }
    }
  }

  private static RecordId anyDoc(Engram engram) {
    String id = Found.in(engram).docs(0).findFirst().orElseThrow().getKey();
    return RecordId.of(id);
  }

  private static RecordId anyNote(Engram engram) {
    return RecordId.of(Found.in(engram).notes().findFirst().orElseThrow().getKey());
  }

  private static MetadataPatch painted() {
    return MetadataPatch.empty().set(Op.COLOUR, 99);
  }

  private static VectorRecord unheard() {
    return VectorRecord.of("p0d9999", Doc.vectorOf(1)).withText("w1");
  }

  /** No step joins memories of two parts. */
  private static void join(Engram engram) {
    List<String> notes = Found.in(engram).notes().map(Map.Entry::getKey).toList();
    engram.space(Op.MIND).associate(RecordId.of(notes.getFirst()), RecordId.of(notes.getLast()));
  }

  @Test
  void halvesLossesAndInventionsOfAChildAreFound() {
    Model base = Model.empty();
    List<Op> first = List.of(learn("p0m1"), learn("p0m2"));
    List<Op> second = List.of(learn("p0m3"), learn("p0m4"));
    List<List<List<Op>>> plans = List.of(List.of(first, second), List.of(), List.of());
    Work one = Work.of(base, plans, BulkPlan.NONE, List.of("part 0 0"));
    Work none = Work.of(base, plans, BulkPlan.NONE, List.of());
    assertEquals(2, one.settle(holding(first), 0).notes().count());
    assertEquals(4, one.settle(holding(concat(first, second)), 0).notes().count());
    assertEquals(0, one.settleCopy(base, 0).notes().count());
    assertThrows(SoakFailure.class, () -> one.settle(base, 0), "a loss");
    assertThrows(
        SoakFailure.class,
        () -> one.settle(holding(concat(first, second.subList(0, 1))), 0),
        "half");
    assertThrows(
        SoakFailure.class, () -> none.settle(holding(concat(first, second)), 0), "more than one");
    assertThrows(SoakFailure.class, () -> one.settle(holding(second), 0), "a gap");
  }

  private static Op learn(String id) {
    return new Op.Learn(id, 0, "w1 w2");
  }

  private static List<Op> concat(List<Op> first, List<Op> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  private static Model holding(List<Op> ops) {
    Model model = Model.empty();
    model.parts().getFirst().apply(ops);
    return model;
  }

  @Test
  void theSameSeedDrawsTheSamePlanWhichItsLinesRepeat() throws IOException {
    List<List<Op>> plan = plan();
    assertEquals(plan, plan());
    assertTrue(plan.stream().mapToInt(List::size).sum() > 100);
    Path folder = Plans.write(directory.resolve("plans"), List.of(plan));
    assertEquals(plan, Plans.read(folder, 0));
  }

  private static List<List<Op>> plan() {
    return new Planner(State.empty(), 0, 1_000, new SplittableRandom(SEED)).plan(100);
  }
}
