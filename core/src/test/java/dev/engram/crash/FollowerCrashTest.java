package dev.engram.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.CommitId;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.Follower;
import dev.engram.Following;
import dev.engram.MemorySpace;
import dev.engram.MemoryState;
import dev.engram.Progress;
import dev.engram.SnapshotInfo;
import dev.engram.TestClock;
import dev.engram.internal.engine.FollowerFactory;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Following and promoting, cut short at every named place. At each the directory is copied, which
 * is what a kill leaves; a kill is real, and so are losses of power.
 */
class FollowerCrashTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final String FOLLOW = "follow";
  private static final String PROMOTE = "promote";

  @TempDir Path directory;
  private final TestClock clock = new TestClock();

  /** Does one act and is killed when it comes to a named place. */
  static final class Killed {
    public static void main(String[] arguments) {
      act(
          EngramConfig.at(Path.of(arguments[0])),
          Path.of(arguments[1]),
          arguments[2],
          reached -> {
            if (reached.equals(arguments[3])) {
              Runtime.getRuntime().halt(137);
            }
          });
    }
  }

  private static void act(EngramConfig store, Path target, String act, CrashPoints points) {
    if (act.equals(PROMOTE)) {
      CommitId _ = FollowerFactory.promote(store, points);
      return;
    }
    try (Follower follower =
        FollowerFactory.follow(store, Following.from(target), Progress.NONE, points)) {
      CommitId _ = follower.catchUp();
    }
  }

  /** What is followed: an archive with a backup and two timelines, and how the store ended. */
  private record Prepared(Path target, CommitId last, MemoryState state) {}

  private Prepared prepared() {
    Path target = directory.resolve("target");
    Path store = directory.resolve("store");
    try (Engram engram = open(store)) {
      MemorySpace space = engram.space("s");
      space.learn("green tea");
      engram.archive().to(target).ship();
      engram.backups().to(target).create();
      space.associate(space.learn("black tea").id(), space.learn("white tea").id());
      SnapshotInfo _ = engram.snapshots().create("here");
      space.learn("no tea at all");
      engram.archive().to(target).ship();
    }
    CommitId _ = Engram.restoreSnapshot(store, "here");
    try (Engram engram = open(store)) {
      MemorySpace space = engram.space("s");
      space.learn("coffee");
      boolean _ = space.forget(space.learn("milk").id());
      engram.archive().to(target).ship();
      return new Prepared(target, engram.lastCommit(), MemoryState.of(space));
    }
  }

  private Engram open(Path store) {
    return Engram.open(EngramConfig.at(store).clock(clock));
  }

  private record Place(String point, Path copy) {}

  /** The places that an act comes to, each with the directory as it is there. */
  private List<Place> places(Path store, Path target, String act) {
    List<Place> places = new ArrayList<>();
    act(
        EngramConfig.at(store).clock(clock),
        target,
        act,
        point -> {
          if (point.matches("(follow|promote|restore)-.*")) {
            Path copy = directory.resolve(store.getFileName() + "-" + places.size());
            copy(store, copy);
            places.add(new Place(point, copy));
          }
        });
    return places;
  }

  @Test
  void goesOnWhereverItIsCutShort() {
    Prepared prepared = prepared();
    Path follower = directory.resolve("follower");
    List<Place> places = places(follower, prepared.target, FOLLOW);
    List<String> points = places.stream().map(Place::point).distinct().toList();
    for (String point :
        List.of(
            "follow-base-made",
            "restore-ready",
            "follow-file-fetched",
            "follow-commit-applied",
            "follow-timeline-turned",
            "follow-file-applied")) {
      assertTrue(points.contains(point), points::toString);
    }
    for (Place place : places) {
      assertGoesOn(place.copy, prepared, place.toString());
    }
    assertGoesOn(follower, prepared, "undisturbed");
    Path killed = directory.resolve("killed");
    kill(killed, prepared.target, FOLLOW, "follow-timeline-turned");
    assertGoesOn(killed, prepared, "killed");
  }

  /** Cut short again and again, it comes to the end. */
  private void assertGoesOn(Path follower, Prepared prepared, String where) {
    EngramConfig config = EngramConfig.at(follower).clock(clock);
    try (Follower again = Engram.follow(config, Following.from(prepared.target))) {
      assertEquals(prepared.last, again.catchUp(), where);
      Engram engram = again.engram();
      MemoryState.of(engram.space("s")).assertSame(prepared.state, where);
      assertTrue(engram.check().ok(), () -> where + engram.check());
    }
  }

  @Test
  void isPromotedWholeOrNotAtAll() {
    Prepared prepared = prepared();
    Path follower = directory.resolve("follower");
    act(EngramConfig.at(follower).clock(clock), prepared.target, FOLLOW, CrashPoints.NONE);
    Path intact = directory.resolve("intact");
    copy(follower, intact);
    List<Place> places = places(follower, prepared.target, PROMOTE);
    assertEquals(
        List.of("promote-begun", "promote-timeline-begun", "promote-done"),
        places.stream().map(Place::point).toList());
    for (Place place : places) {
      assertPromoted(place.copy, prepared, place.toString());
    }
    assertPromoted(follower, prepared, "undisturbed");
    kill(intact, prepared.target, PROMOTE, "promote-timeline-begun");
    assertPromoted(intact, prepared, "killed");
  }

  /** It is another store, on a new timeline, that takes writes. */
  private void assertPromoted(Path store, Prepared prepared, String where) {
    try (Engram engram = open(store)) {
      CommitId expected = new CommitId(prepared.last.timeline() + 1, prepared.last.lsn());
      assertEquals(expected, engram.lastCommit(), where);
      MemoryState.of(engram.space("s")).assertSame(prepared.state, where);
      assertFalse(engram.stats().follower().isPresent(), where);
      engram.space("s").learn("our own tea");
      assertTrue(engram.check().ok(), () -> where + engram.check());
    }
  }

  @Test
  void goesOnAfterThePowerFailed() {
    PowerLossShim shim = OrSkip.powerLoss();
    Prepared prepared = prepared();
    int losses = Integer.getInteger("engram.followerPowerLosses", 3);
    long seed = Long.getLong("engram.seed", System.nanoTime());
    Random random = new Random(seed);
    Path whole = directory.resolve("whole");
    cutPower(shim, whole, prepared, PowerLossShim.NEVER, seed);
    long operations = shim.operations(whole);
    for (int i = 0; i < losses; i++) {
      long at = 1 + random.nextLong(operations);
      Path store = directory.resolve("power" + i);
      cutPower(shim, store, prepared, at, 1 + random.nextInt(1 << 30));
      assertGoesOn(store, prepared, "at=" + at + " of " + operations + ", seed=" + seed);
    }
    System.out.println("follower power losses=" + losses + ", seed=" + seed);
  }

  private void cutPower(PowerLossShim shim, Path store, Prepared prepared, long at, long seed) {
    makeDirectory(store);
    List<String> arguments = List.of(store.toString(), prepared.target.toString(), FOLLOW, "never");
    Map<String, String> environment = shim.environment(store, at, seed);
    try (ChildJvm child = ChildJvm.start(Killed.class, arguments, environment)) {
      int exit = child.waitFor(TIMEOUT);
      assertTrue(exit == 0 || exit == PowerLossShim.EXIT_CODE, child::errors);
    }
  }

  private static void makeDirectory(Path store) {
    try {
      Files.createDirectory(store);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void kill(Path store, Path target, String act, String point) {
    List<String> arguments = List.of(store.toString(), target.toString(), act, point);
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
