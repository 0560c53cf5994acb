package dev.engram.internal.engine;

import dev.engram.Dynamics;
import dev.engram.SleepReport;
import dev.engram.Synapse.Tier;
import dev.engram.internal.format.RhythmLayout.Rhythm;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A cycle of sleep. Synapses fade by the number of cycles since they were last changed, so that
 * none but those in working memory are written.
 */
final class Sleep {
  /** What is replayed in the short term learns faster than usual by. */
  private static final double REPLAY = 2;

  private Sleep() {}

  static SleepReport cycle(Session session, CatalogEntry space) {
    SpaceState state = session.state(space);
    Rhythm rhythm = state.rhythm().slept(session.tx().now());
    state.put(rhythm);
    Dynamics dynamics = state.dynamics();
    List<WorkingSet.Entry> held = state.working().held();
    Set<Integer> nodes = held.stream().map(WorkingSet.Entry::node).collect(Collectors.toSet());
    int strengthened =
        new Associations(session, space)
            .replay(
                nodes, tier -> (tier == Tier.SHORT_TERM ? REPLAY : 1) * dynamics.learningRate());
    return new SleepReport(rhythm.cycle(), strengthened, state.working().expire());
  }
}
