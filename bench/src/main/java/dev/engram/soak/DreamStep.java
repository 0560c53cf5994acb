package dev.engram.soak;

import dev.engram.Memory;
import dev.engram.MemorySpace;
import dev.engram.RecordId;
import dev.engram.Synapse;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * What changes how strong synapses are: use, sleep, consolidation. Afterwards the weak ones are
 * strengthened, so that none fades away by the next time: which synapses there are is known.
 */
final class DreamStep {
  private static final double WEAK = .2;

  /** Each use gains a tenth of what is missing: so many are more than enough. */
  private static final int USES = 6;

  private DreamStep() {}

  static void run(World world, RandomGenerator random) {
    MemorySpace mind = world.engram().space(Op.MIND);
    List<String> ids = world.model().notes().map(each -> each.getKey()).toList();
    if (ids.size() >= 4) {
      use(world, mind, ids, random);
    }
    switch (random.nextInt(4)) {
      case 0 -> mind.consolidate();
      case 1 -> mind.consolidateSchemas();
      case 2 -> mind.reconsolidate(some(ids, random));
      default -> mind.sleep();
    }
    strengthen(world, mind);
    world.verify(random, "after dreaming");
  }

  private static void use(World world, MemorySpace mind, List<String> ids, RandomGenerator random) {
    List<RecordId> seeds = some(ids, random);
    switch (random.nextInt(3)) {
      case 0 -> {
        for (RecordId id : seeds) {
          Memory used = mind.access(id);
          SoakFailure.require(used.id().equals(id), "another memory was used");
        }
      }
      case 1 -> hebbian(world, mind, seeds);
      default -> mind.compete(seeds.subList(0, 1), seeds.subList(1, seeds.size()));
    }
  }

  /** Joins each with each, within a part: a synapse between two belongs to none. */
  private static void hebbian(World world, MemorySpace mind, List<RecordId> seeds) {
    int part = Model.partOf(seeds.getFirst().toString());
    List<RecordId> own = seeds.stream().filter(id -> Model.partOf(id.toString()) == part).toList();
    mind.hebbian(own);
    for (RecordId from : own) {
      for (RecordId to : own) {
        if (!from.equals(to)) {
          world.model().parts().get(part).links().add(new Link(from.toString(), to.toString()));
        }
      }
    }
  }

  private static List<RecordId> some(List<String> ids, RandomGenerator random) {
    Set<String> some = new HashSet<>();
    for (int i = 0; i < 4 && !ids.isEmpty(); i++) {
      some.add(ids.get(random.nextInt(ids.size())));
    }
    return some.stream().sorted().map(RecordId::of).toList();
  }

  private static void strengthen(World world, MemorySpace mind) {
    for (Link link : world.model().links().toList()) {
      RecordId from = RecordId.of(link.from());
      RecordId to = RecordId.of(link.to());
      Synapse synapse = find(mind, from, to);
      for (int i = 0; i < USES && synapse.weight() < WEAK; i++) {
        synapse = mind.associate(from, to);
      }
    }
  }

  private static Synapse find(MemorySpace mind, RecordId from, RecordId to) {
    return mind.neighbours(from).stream()
        .filter(each -> each.from().equals(from) && each.to().equals(to))
        .findFirst()
        .orElseThrow(() -> new SoakFailure("missing: " + new Link(from + "", to + "")));
  }
}
