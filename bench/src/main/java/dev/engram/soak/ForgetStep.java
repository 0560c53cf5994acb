package dev.engram.soak;

import dev.engram.Filter;
import dev.engram.ForgetPolicy;
import dev.engram.Forgetting;
import dev.engram.MemorySpace;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Forgets a lot of memories by policy, and often brings them back. */
final class ForgetStep {
  private ForgetStep() {}

  static void run(World world, RandomGenerator random) {
    world.clock().pass(Duration.ofMinutes(2));
    long lot = random.nextInt(Planner.LOTS);
    boolean undone = random.nextInt(3) > 0;
    boolean reopened = random.nextInt(3) == 0;
    Model before = world.model().copy();
    long gone = memoriesOf(lot, before);
    MemorySpace mind = world.engram().space(Op.MIND);
    long previewed = mind.preview(policy(lot)).memories();
    Forgetting forgetting = mind.forget(policy(lot));
    world.model().forgetLot(lot);
    SoakFailure.require(
        previewed == gone && forgetting.memories() == gone,
        "forgotten: wanted=" + gone + ", previewed=" + previewed + ", told=" + forgetting);
    world.verify(random, "after forgetting lot " + lot);
    if (reopened) {
      world.close();
    }
    if (undone) {
      long back = world.engram().space(Op.MIND).undo(forgetting.operation());
      SoakFailure.require(back == gone, "brought back: wanted=" + gone + ", told=" + back);
      world.holds(before);
      world.verify(random, "after bringing back lot " + lot);
    }
  }

  static long memoriesOf(long lot, Model model) {
    return model.notes().filter(each -> each.getValue().lot() == lot).count();
  }

  /** All memories of a lot that were not used for a minute; no synapses but theirs. */
  static ForgetPolicy policy(long lot) {
    return ForgetPolicy.standard()
        .synapsesBelow(0, 0)
        .unusedFor(Duration.ofMinutes(1))
        .fewerAccessesThan(Long.MAX_VALUE)
        .where(Filter.eq(Op.LOT, lot));
  }
}
