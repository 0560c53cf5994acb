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

  @Test
  void aChildInWhichAnyThreadFailsFailsTheSoak() throws IOException {
    try (World world = new World(directory.resolve("failing"), Durability.DURABLE)) {
      world.begin(new SplittableRandom(SEED));
      Op impossible = new Op.Drop("p1d9999");
      Path plans =
          Plans.write(
              world.fresh("plans"), List.of(List.of(), List.of(List.of(impossible)), List.of()));
      for (Ending ending : List.of(Ending.OF_ITSELF, Ending.afterMillis(60_000))) {
        String[] words = {Child.WRITE, plans.toString(), Child.NOTHING, "name", "0"};
        SoakFailure failure =
            assertThrows(SoakFailure.class, () -> Children.run(world, ending, words));
        String told = String.valueOf(failure.getMessage());
        for (String part : List.of("exit=1", "act=write", "not there: " + impossible.line())) {
          assertTrue(told.contains(part), () -> part + " is not in " + told);
        }
      }
    }
  }

  @Test
  void aChildEndsAsItWasToOrByItself() {
    Map<Ending, Integer> planned =
        Map.of(
            Ending.OF_ITSELF,
            0,
            Ending.OF_POWER,
            137,
            Ending.afterMillis(1),
            137,
            Ending.afterLines(1),
            137,
            Ending.at("before-log-write", 1),
            Child.REACHED);
    planned.forEach((ending, exit) -> {
      for (int other : List.of(1, 99, 134, 137, Child.REACHED)) {
        assertEquals(other == exit, ending.allows(other), ending + ", exit=" + other);
      }
      assertTrue(ending.allows(0), ending::toString);
    });
  }

  @Test
  void whatAChildHasReadIsCompared() {
    Model base = Model.empty();
    List<Op> first = List.of(learn("p0m1"), learn("p0m2"));
    List<Op> second = List.of(learn("p0m3"), learn("p0m4"));
    List<List<List<Op>>> plans = List.of(List.of(first, second), List.of(), List.of());
    Work one = Work.of(base, plans, BulkPlan.NONE, List.of("part 0 0"));
    one.requireRead(List.of("part 0 0", read(holding(first))), 0);
    one.requireRead(List.of("failed STORAGE", read(holding(concat(first, second)))), 0);
    for (List<String> lines :
        List.of(
            List.<String>of(),
            List.of(read(base)),
            List.of(read(holding(second))),
            List.of(read(holding(concat(first, second.subList(0, 1))))),
            List.of(read(holding(first)), read(holding(first))))) {
      assertThrows(SoakFailure.class, () -> one.requireRead(lines, 0), lines::toString);
    }
  }

  private static String read(Model model) {
    return Child.READ + " " + model.told(0);
  }

  @Test
  void anArchiveThatLeadsElsewhereIsFound() throws IOException {
    try (World world = new World(directory.resolve("archived"), Durability.DURABLE)) {
      SplittableRandom random = new SplittableRandom(SEED);
      world.begin(random);
      ArchiveSteps.ship(world, random);
      Archived right = world.archived().getLast();
      world.archived().clear();
      world.archived().add(right);
      right.model().parts().getFirst().apply(new Op.Learn("p0m1", 0, "nobody wrote this"));
      assertThrows(
          SoakFailure.class, () -> ArchiveSteps.recover(world, random), () -> "seed=" + SEED);
    }
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
