package dev.engram.soak;

import dev.engram.Engram;
import dev.engram.Transaction;
import dev.engram.VectorCollection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.random.RandomGenerator;

/** Writing: by one, by many at once, much at once; and opening again. */
final class WriteSteps {
  private static final int TRANSACTIONS = 25;
  private static final int BULK_COMMITS = 3;

  private WriteSteps() {}

  /** One writer, which also rolls back; then some time passes. */
  static void write(World world, RandomGenerator random) {
    int part = random.nextInt(Model.PARTS);
    State base = world.model().parts().get(part);
    world.write(new Planner(base, part, world.millis(), random).plan(TRANSACTIONS), part);
    rollBack(world, part, random);
    world.clock().pass(Duration.ofSeconds(random.nextInt(60)));
    SoakFailure.requireNone(
        Answers.differences(world.engram(), world.model(), world.millis(), random),
        "after writing");
  }

  private static void rollBack(World world, int part, RandomGenerator random) {
    State base = world.model().parts().get(part);
    List<List<Op>> plan = new Planner(base, part, world.millis(), random).plan(1);
    try (Transaction tx = world.engram().begin()) {
      plan.getFirst().forEach(op -> op.apply(tx));
      tx.rollback();
    }
  }

  /** Each part by a thread of its own. */
  static void together(World world, RandomGenerator random) {
    Engram engram = world.engram();
    List<List<List<Op>>> plans = Plans.draw(world, random, TRANSACTIONS);
    List<CompletableFuture<Void>> writers = new ArrayList<>();
    for (List<List<Op>> plan : plans) {
      writers.add(
          CompletableFuture.runAsync(
              () -> plan.forEach(ops -> engram.write(tx -> ops.forEach(op -> op.apply(tx)))),
              work -> Thread.ofPlatform().start(work)));
    }
    try {
      writers.forEach(CompletableFuture::join);
    } catch (CompletionException e) {
      throw new SoakFailure("a writer failed", e.getCause() == null ? e : e.getCause());
    }
    for (int part = 0; part < plans.size(); part++) {
      plans.get(part).forEach(world.model().parts().get(part)::apply);
      world.tally().count("transactions", plans.get(part).size());
    }
    SoakFailure.requireNone(
        Answers.differences(world.engram(), world.model(), world.millis(), random),
        "after writing together");
  }

  /** Replaces many vectors and deletes some. */
  static void bulk(World world, RandomGenerator random) {
    int version = 2 + random.nextInt(1_000_000);
    for (int i = 0; i < BULK_COMMITS; i++) {
      world.writeBulk(random.nextInt(Bulk.SIZE), 1 + random.nextInt(1_000), version + i);
    }
    VectorCollection bulk = world.engram().collection(Bulk.NAME);
    for (int i = 0; i < 20; i++) {
      int number = random.nextInt(Bulk.SIZE);
      boolean there = world.model().bulk()[number] > 0;
      SoakFailure.require(
          bulk.delete(Bulk.id(number)) == there, "a deletion says the wrong thing: " + number);
      world.model().bulk()[number] = 0;
    }
    world.verify(random, "after replacing vectors");
  }

  static void reopen(World world, RandomGenerator random) {
    if (random.nextBoolean()) {
      world.engram().checkpoint();
    }
    world.close();
    world.verify(random, "reopened");
  }
}
