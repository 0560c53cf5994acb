package dev.engram;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The jobs over the memories of a space, and a small space on which each has something to do. */
public enum MemoryJob {
  SLEEP {
    @Override
    public void run(MemorySpace space) {
      SleepReport _ = space.sleep();
    }
  },
  CONSOLIDATE {
    @Override
    public void run(MemorySpace space) {
      ConsolidationReport _ = space.consolidate();
    }
  },
  CONSOLIDATE_SCHEMAS {
    @Override
    public void run(MemorySpace space) {
      SchemaReport _ = space.consolidateSchemas();
    }
  },
  FORGET {
    @Override
    public void run(MemorySpace space) {
      Forgetting _ = space.forget(POLICY);
    }
  },
  /** Of what was forgotten before. */
  UNDO {
    @Override
    public void run(MemorySpace space) {
      long _ = space.undo(space.forgettings().getLast().operation());
    }
  };

  /** Prunes and forgets much. */
  public static final ForgetPolicy POLICY = ForgetPolicy.standard().synapsesBelow(.2, .1);

  private static final int MEMORIES = 30;
  private static final int SYNAPSES = 60;

  /** Does the job. */
  public abstract void run(MemorySpace space);

  /** Fills a space, the same for the same seed; time passes meanwhile. */
  public void prepare(MemorySpace space, TestClock clock, long seed) {
    Random random = new Random(seed);
    // What happens by itself would happen at another moment each time.
    space.dynamics(space.dynamics().batch(4).consolidationInterval(Duration.ofDays(36_500)));
    joinToOneThatIsForgotten(space);
    List<RecordId> ids = new ArrayList<>();
    for (int i = 0; i < MEMORIES; i++) {
      RecordId id = RecordId.of("m" + i);
      ids.add(space.learn(Learning.of("green tea of kind " + i % 3 + i).withId(id)).id());
    }
    associate(space, random, ids);
    use(space, random, ids);
    clock.pass(Duration.ofHours(2));
    ConsolidationReport _ = space.consolidate();
    clock.pass(Duration.ofDays(25));
    associate(space, random, ids.subList(0, MEMORIES / 2));
    clock.pass(Duration.ofDays(8));
    crowd(space, ids.subList(0, MEMORIES - 2));
    use(space, random, ids.subList(0, MEMORIES / 3));
    Memory _ = space.pin(ids.getLast(), true);
    SleepReport _ = space.sleep();
    clock.pass(Duration.ofMinutes(40));
    RecordId fresh = RecordId.of("fresh");
    Memory _ = space.learn(Learning.of("a fresh green tea").withId(fresh));
    if (this == UNDO) {
      Forgetting _ = space.forget(POLICY);
      clock.pass(Duration.ofHours(1));
    }
  }

  private static void associate(MemorySpace space, Random random, List<RecordId> ids) {
    List<Association> all = new ArrayList<>();
    for (int i = 0; i < SYNAPSES; i++) {
      RecordId from = ids.get(random.nextInt(ids.size()));
      RecordId to = ids.get(random.nextInt(ids.size()));
      if (!from.equals(to)) {
        all.add(Association.of(from, to).withStrength(.02 + .98 * random.nextDouble()));
      }
    }
    List<Synapse> _ = space.associate(all);
  }

  private static void use(MemorySpace space, Random random, List<RecordId> ids) {
    for (int i = 0; i < 2 * ids.size(); i++) {
      Memory _ = space.access(ids.get(random.nextInt(ids.size())));
    }
  }

  /** A memory that was used often is joined to nothing but one that was not. */
  private static void joinToOneThatIsForgotten(MemorySpace space) {
    RecordId seldom = space.learn(Learning.of("seldom").withId(RecordId.of("seldom"))).id();
    RecordId often = space.learn(Learning.of("often").withId(RecordId.of("often"))).id();
    List<Synapse> _ = space.associate(List.of(Association.of(often, seldom).withStrength(1)));
    for (int i = 0; i < 4; i++) {
      Memory _ = space.access(often);
    }
  }

  /** More synapses at one memory than can be kept apart. */
  private static void crowd(MemorySpace space, List<RecordId> ids) {
    List<Association> all = new ArrayList<>();
    for (RecordId id : ids.subList(1, ids.size())) {
      all.add(Association.of(ids.getFirst(), id, "NEXT").withStrength(.4));
      all.add(Association.of(ids.getFirst(), id, "THEN").withStrength(.6));
    }
    List<Synapse> _ = space.associate(all);
  }
}
