package dev.engram.internal.engine;

import dev.engram.ConsolidationReport;
import dev.engram.Dynamics;
import dev.engram.Progress;
import dev.engram.internal.engine.Synapses.Found;
import dev.engram.internal.format.ConceptLayout;
import dev.engram.internal.format.CounterKind;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.RhythmLayout.Rhythm;
import dev.engram.internal.format.SynapseLayout;
import dev.engram.internal.graph.Promotion;
import dev.engram.internal.log.Family;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Goes through the short-term synapses of a space in the order of their keys, some in each commit,
 * and keeps in the store how far it has come. One pass; not thread-safe.
 */
final class Consolidation {
  /** A memory with more short-term synapses cannot keep them apart: they interfere. */
  private static final int CROWDED = 50;

  private static final double INTERFERENCE = 2;

  private final Handle handle;
  private final Progress progress;
  private long promoted;
  private long pruned;
  private long weakened;
  private long reactivated;
  private long seen;

  Consolidation(Handle handle, Progress progress) {
    this.handle = handle;
    this.progress = progress;
  }

  /** What one commit did. */
  private record Step(
      long promoted, long pruned, long weakened, long reactivated, int seen, boolean more) {}

  ConsolidationReport run() {
    long before = handle.read(s -> count(s, CounterKind.SHORT_TERM));
    boolean more = true;
    while (more) {
      Step step = handle.write(s -> new Batch(s, s.space(handle.name())).run());
      add(step);
      more = step.more;
      progress.report(new Progress.Update("consolidate", seen, before, handle.name()));
      Handle.checkInterrupt("consolidate", seen);
    }
    return handle.read(s ->
        new ConsolidationReport(
            promoted,
            pruned,
            weakened,
            reactivated,
            before,
            count(s, CounterKind.SHORT_TERM),
            count(s, CounterKind.LONG_TERM)));
  }

  private long count(Session session, int counter) {
    return session.tx().counter(session.space(handle.name()).number(), counter);
  }

  private void add(Step step) {
    promoted += step.promoted;
    pruned += step.pruned;
    weakened += step.weakened;
    reactivated += step.reactivated;
    seen += step.seen;
  }

  /** The part of a pass that is one commit. */
  private static final class Batch {
    private final Tx tx;
    private final CatalogEntry space;
    private final SpaceState state;
    private final Synapses synapses;
    private final Dynamics dynamics;
    private long promoted;
    private long pruned;
    private long weakened;
    private long reactivated;

    Batch(Session session, CatalogEntry space) {
      this.tx = session.tx();
      this.space = space;
      this.state = session.state(space);
      this.synapses = new Synapses(session, space);
      this.dynamics = state.dynamics();
    }

    Step run() {
      Rhythm rhythm = state.rhythm();
      List<Found> part = next(rhythm.consolidated());
      readAccessCounts(part);
      int node = -1;
      boolean crowded = false;
      for (Found each : part) {
        if (each.from() != node) {
          node = each.from();
          crowded = synapses.countShortTerm(node, CROWDED + 1) > CROWDED;
        }
        settle(each, crowded);
      }
      boolean more = part.size() >= dynamics.batch();
      state.put(
          more
              ? rhythm.consolidatedTo(part.getLast().key())
              : rhythm.consolidatedAll(
                  tx.now(), tx.counter(space.number(), CounterKind.SHORT_TERM)));
      return new Step(promoted, pruned, weakened, reactivated, part.size(), more);
    }

    private List<Found> next(byte[] after) {
      List<Found> found = new ArrayList<>();
      tx.scanAfter(
          Family.SHORT_TERM,
          after,
          Keys.collection(space.number()),
          (key, value) -> {
            found.add(new Found(key, SynapseLayout.decode(key, value)));
            return found.size() < dynamics.batch();
          });
      return found;
    }

    private void readAccessCounts(List<Found> part) {
      Set<Integer> nodes = new LinkedHashSet<>();
      part.forEach(each -> {
        nodes.add(each.from());
        nodes.add(each.to());
      });
      tx.readAhead(
          Family.CONCEPTS, nodes.stream().map(node -> Keys.node(space.number(), node)).toList());
    }

    private void settle(Found each, boolean crowded) {
      double weight = synapses.weight(each);
      if (weight == 0) {
        synapses.remove(each);
        pruned++;
      } else if (Promotion.isDue(signs(each, weight), dynamics.consolidationThreshold())) {
        Found _ = synapses.move(each, 1);
        promoted++;
      } else {
        reactivated += each.edge().lastAccessed() > state.rhythm().lastConsolidation() ? 1 : 0;
        if (crowded) {
          synapses.weaken(each, Math.min(1, INTERFERENCE * dynamics.decayRate()));
          weakened++;
        }
      }
    }

    private Promotion.Signs signs(Found each, double weight) {
      return new Promotion.Signs(
          weight,
          each.edge().activations(),
          tx.now() - each.edge().lastAccessed(),
          tx.now() - each.edge().createdAt(),
          Math.min(accesses(each.from()), accesses(each.to())));
    }

    private long accesses(int node) {
      byte[] key = Keys.node(space.number(), node);
      byte[] row = tx.get(Family.CONCEPTS, key);
      return row == null ? 0 : ConceptLayout.decode(key, row).accessCount();
    }
  }
}
