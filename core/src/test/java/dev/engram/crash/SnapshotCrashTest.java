package dev.engram.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.CommitId;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.MemorySpace;
import dev.engram.MemoryState;
import dev.engram.SnapshotInfo;
import dev.engram.TestClock;
import dev.engram.internal.engine.EngineFactory;
import dev.engram.internal.log.CrashPoints;
import dev.engram.testing.ChildJvm;
import dev.engram.testing.FileTree;
import dev.engram.testing.OrSkip;
import dev.engram.testing.PowerLossShim;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Making, deleting and restoring snapshots, cut short at every named place. At each the directory
 * is copied, which is what a kill leaves; some kills are real.
 */
class SnapshotCrashTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(5);
  private static final String OLD = "old";
  private static final String NEW = "new";

  @TempDir Path directory;
  private final TestClock clock = new TestClock();

  /** Does one act on a store and is killed when it comes to a named place. */
  static final class Killed {
    public static void main(String[] arguments) {
      act(
          Path.of(arguments[0]),
          arguments[1],
          reached -> {
            if (reached.equals(arguments[2])) {
              Runtime.getRuntime().halt(137);
            }
          });
    }
  }

  private static void act(Path store, String act, CrashPoints points) {
    if (act.equals("restore")) {
      CommitId _ = EngineFactory.restoreSnapshot(store, OLD, points);
      return;
    }
    try (Engram engram = EngineFactory.open(EngramConfig.at(store), points)) {
      switch (act) {
        case "create" -> engram.snapshots().create(NEW);
        case "delete" -> engram.snapshots().delete(OLD);
        default -> {}
      }
    }
  }

  /** A store with a snapshot, and its states then and now. */
  private record Prepared(Path store, MemoryState then, MemoryState now, long memories) {}

  private Prepared prepared() {
    Path store = directory.resolve("store");
    try (Engram engram = open(store)) {
      MemorySpace space = engram.space("s");
      space.learn("green tea");
      space.associate(space.learn("black tea").id(), space.learn("white tea").id());
      MemoryState then = MemoryState.of(space);
      engram.snapshots().create(OLD);
      space.learn("no tea at all");
      return new Prepared(store, then, MemoryState.of(space), space.count());
    }
  }

  private Engram open(Path store) {
    return Engram.open(EngramConfig.at(store).clock(clock));
  }

  /** The places that an act comes to, each with the directory as it is there. */
  private Map<String, Path> places(Path store, String act) {
    Map<String, Path> places = new LinkedHashMap<>();
    act(
        store,
        act,
        point -> {
          if (point.startsWith("snapshot-") || point.startsWith("restore-")) {
            Path copy = directory.resolve(store.getFileName() + "-" + act + "-" + point);
            copy(store, copy);
            places.put(point, copy);
          }
        });
    return places;
  }

  @Test
  void aSnapshotIsThereWholeOrNotAtAllWhereverItsMakingIsCutShort() throws IOException {
    Prepared prepared = prepared();
    Map<String, Path> places = places(prepared.store, "create");
    assertEquals(
        List.of(
            "snapshot-views-copied",
            "snapshot-log-copied",
            "snapshot-durable",
            "snapshot-manifest-written",
            "snapshot-published"),
        List.copyOf(places.keySet()));
    for (Map.Entry<String, Path> place : places.entrySet()) {
      boolean published = place.getKey().equals("snapshot-published");
      List<String> expected = published ? List.of(NEW, OLD) : List.of(OLD);
      assertSnapshots(expected, place.getValue(), prepared, place.getKey());
    }
    Path killed = directory.resolve("killed");
    copy(places.get("snapshot-views-copied"), killed);
    kill(killed, "create", "snapshot-log-copied");
    assertSnapshots(List.of(OLD), killed, prepared, "killed");
  }

  @Test
  void aSnapshotIsThereWholeOrNotAtAllWhereverItsDeletionIsCutShort() throws IOException {
    Prepared prepared = prepared();
    Map<String, Path> places = places(prepared.store, "delete");
    assertEquals(List.of("snapshot-unpublished", "snapshot-deleted"), List.copyOf(places.keySet()));
    for (Map.Entry<String, Path> place : places.entrySet()) {
      assertSnapshots(List.of(), place.getValue(), prepared, place.getKey());
    }
  }

  /** These are listed, whole, and nothing is left of others; the store is as it was. */
  private void assertSnapshots(List<String> names, Path store, Prepared prepared, String where)
      throws IOException {
    try (Engram engram = open(store)) {
      List<String> listed = engram.snapshots().list().stream().map(SnapshotInfo::name).toList();
      assertEquals(names, listed, where);
      try (Stream<Path> directories = Files.list(store.resolve("snapshots"))) {
        assertEquals(names.size(), directories.count(), where);
      }
      MemoryState.of(engram.space("s")).assertSame(prepared.now, where);
    }
    for (String name : names) {
      Path other = directory.resolve(store.getFileName() + "-" + name);
      CommitId _ = Engram.restoreSnapshot(store, name, other);
      MemoryState expected = name.equals(OLD) ? prepared.then : prepared.now;
      assertHolds(expected, other, where + ", " + name);
    }
  }

  @Test
  void anInterruptedRestoreIsFinishedOrUndoneAtTheNextOpening() {
    Prepared prepared = prepared();
    Path intact = directory.resolve("intact");
    copy(prepared.store, intact);
    Map<String, Path> places = places(prepared.store, "restore");
    assertTrue(places.size() >= 10, places::toString);
    boolean ready = false;
    for (Map.Entry<String, Path> place : places.entrySet()) {
      ready |= place.getKey().equals("restore-ready");
      MemoryState expected = ready ? prepared.then : prepared.now;
      if (ready) {
        // The opening that finishes it is cut short as well.
        for (Map.Entry<String, Path> again : places(place.getValue(), "open").entrySet()) {
          String where = place.getKey() + ", then " + again.getKey();
          assertHolds(expected, again.getValue(), where);
        }
      }
      assertHolds(expected, place.getValue(), place.getKey());
    }
    assertTrue(ready, "the restore never got ready");
    assertHolds(prepared.then, prepared.store, "undisturbed");
    kill(intact, "restore", "restore-log-put-away");
    assertHolds(prepared.then, intact, "killed");
  }

  @Test
  void aRestoreThatWasCutShortCanBeRunAgain() {
    Prepared prepared = prepared();
    for (Path place : places(prepared.store, "restore").values()) {
      CommitId last = EngineFactory.restoreSnapshot(place, OLD, CrashPoints.NONE);
      assertTrue(last.timeline() >= 2, last::toString);
      assertHolds(prepared.then, place, place.toString());
    }
  }

  @Test
  void aSnapshotAndARestoreAreWholeOrNotAtAllWhenThePowerFails() throws IOException {
    PowerLossShim shim = OrSkip.powerLoss();
    Prepared prepared = prepared();
    int losses = Integer.getInteger("engram.snapshotPowerLosses", 2);
    long seed = Long.getLong("engram.seed", System.nanoTime());
    Random random = new Random(seed);
    for (String act : List.of("restore", "create")) {
      Path whole = directory.resolve("whole-" + act);
      copy(prepared.store, whole);
      cutPower(shim, whole, act, PowerLossShim.NEVER, seed);
      long operations = shim.operations(whole);
      for (int i = 0; i < losses; i++) {
        long at = 1 + random.nextLong(operations);
        Path store = directory.resolve("power-" + act + i);
        copy(prepared.store, store);
        cutPower(shim, store, act, at, 1 + random.nextInt(1 << 30));
        assertWhole(prepared, store, act + " at=" + at + " of " + operations + ", seed=" + seed);
      }
    }
    System.out.println("snapshot power losses=" + 2 * losses + ", halves=0, seed=" + seed);
  }

  private void cutPower(PowerLossShim shim, Path store, String act, long at, long seed) {
    List<String> arguments = List.of(store.toString(), act, "never");
    Map<String, String> environment = shim.environment(store, at, seed);
    try (ChildJvm child = ChildJvm.start(Killed.class, arguments, environment)) {
      int exit = child.waitFor(TIMEOUT);
      assertTrue(exit == 0 || exit == PowerLossShim.EXIT_CODE, child::errors);
    }
  }

  /** The store is as it is now or was then, and each snapshot is what it should be. */
  private void assertWhole(Prepared prepared, Path store, String where) {
    List<String> names;
    try (Engram engram = open(store)) {
      boolean isNow = engram.space("s").count() == prepared.memories;
      MemoryState.of(engram.space("s")).assertSame(isNow ? prepared.now : prepared.then, where);
      assertTrue(engram.check().ok(), () -> where + engram.check());
      names = engram.snapshots().list().stream().map(SnapshotInfo::name).toList();
    }
    assertTrue(names.contains(OLD), where + names);
    for (String name : names) {
      Path other = directory.resolve(store.getFileName() + "-" + name);
      CommitId _ = Engram.restoreSnapshot(store, name, other);
      assertHolds(name.equals(OLD) ? prepared.then : prepared.now, other, where + ", " + name);
    }
  }

  private void assertHolds(MemoryState expected, Path store, String where) {
    try (Engram engram = open(store)) {
      assertFalse(Files.exists(store.resolve("engram-restore")), where);
      MemoryState.of(engram.space("s")).assertSame(expected, where);
      assertTrue(engram.check().ok(), () -> where + engram.check());
    }
  }

  private static void kill(Path store, String act, String point) {
    List<String> arguments = List.of(store.toString(), act, point);
    try (ChildJvm child = ChildJvm.start(Killed.class, arguments, Map.of())) {
      assertEquals(137, child.waitFor(TIMEOUT), child::errors);
    }
  }

  private static void copy(Path store, Path copy) {
    try {
      FileTree.copy(store, copy);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
