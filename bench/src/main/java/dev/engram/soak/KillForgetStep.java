package dev.engram.soak;

import dev.engram.Forgetting;
import dev.engram.MemorySpace;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Kills a child process that forgets by policy, then one that brings back: each is gone on with by
 * doing it again, and in the end nothing is lost.
 */
final class KillForgetStep {
  private static final int COMMITS = 8;

  private KillForgetStep() {}

  static void run(World world, RandomGenerator random) {
    world.clock().pass(Duration.ofMinutes(2));
    long lot = random.nextInt(Planner.LOTS);
    Model before = world.model().copy();
    Ending forgetting = Ending.draw(List.of(), COMMITS, random);
    List<String> _ = Children.run(world, forgetting, Child.FORGET, Long.toString(lot));
    world.holds(partOf(before, Found.in(world.engram()), lot));
    world.verify(random, "after forgetting was killed: " + forgetting);
    Forgetting _ = world.engram().space(Op.MIND).forget(ForgetStep.policy(lot));
    world.holds(before.copy());
    world.model().forgetLot(lot);
    world.verify(random, "forgotten again");
    bringBack(world, random);
    world.holds(before);
    world.verify(random, "brought back");
  }

  /** What there was, without those of the lot that are not there any more. */
  private static Model partOf(Model before, Model found, long lot) {
    Model wanted = before.copy();
    before
        .notes()
        .filter(each -> each.getValue().lot() == lot)
        .map(each -> each.getKey())
        .filter(id -> !found.part(id).notes().containsKey(id))
        .forEach(id -> wanted.part(id).apply(new Op.Forget(id)));
    return wanted;
  }

  /** Everything that was forgotten at this time, the first of it by a child that is killed. */
  private static void bringBack(World world, RandomGenerator random) {
    Ending ending = Ending.draw(List.of(), COMMITS, random);
    List<Forgetting> all = undoable(world);
    if (!all.isEmpty()) {
      String operation = all.getLast().operation().toString();
      List<String> _ = Children.run(world, ending, Child.UNDO, operation);
    }
    for (Forgetting each : undoable(world)) {
      MemorySpace mind = world.engram().space(Op.MIND);
      SoakFailure.require(mind.undo(each.operation()) >= 0, "less than nothing came back");
    }
  }

  private static List<Forgetting> undoable(World world) {
    return world.engram().space(Op.MIND).forgettings().stream()
        .filter(each -> each.at().toEpochMilli() == world.millis())
        .filter(each -> each.state() == Forgetting.State.UNDOABLE)
        .toList();
  }
}
