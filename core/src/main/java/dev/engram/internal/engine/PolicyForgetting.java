package dev.engram.internal.engine;

import dev.engram.ForgetPolicy;
import dev.engram.ForgetPreview;
import dev.engram.Forgetting;
import dev.engram.Limits;
import dev.engram.Progress;
import dev.engram.Synapse.Tier;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.engine.Synapses.Found;
import dev.engram.internal.format.ConceptLayout.Concept;
import dev.engram.internal.format.Keys;
import dev.engram.internal.log.Family;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.function.IntPredicate;

/**
 * Forgets what a policy allows: first synapses, then memories. What is forgotten is looked at again
 * in the commit that forgets it. One use; not thread-safe.
 */
final class PolicyForgetting {
  private final Handle handle;
  private final ForgetPolicy policy;
  private final Progress progress;
  private long done;

  PolicyForgetting(Handle handle, ForgetPolicy policy, Progress progress) {
    this.handle = handle;
    this.policy = policy;
    this.progress = progress;
  }

  ForgetPreview preview() {
    return handle.read(s -> {
      CatalogEntry space = s.space(handle.name());
      ForgetScan scan = new ForgetScan(s, space, policy);
      IntPredicate matching = scan.matching();
      BitSet connected = new BitSet();
      TierCounts pruned = new TierCounts();
      for (Tier tier : Tier.values()) {
        scan.forEachSynapse(
            tier,
            new byte[0],
            matching,
            (each, isPruned) -> count(each, isPruned, pruned, connected));
      }
      long[] memories = {0};
      List<ForgetPreview.Candidate> first = new ArrayList<>();
      Memories all = new Memories(s);
      scan.forEachMemory(
          new byte[0],
          connected,
          (_, concept, reason) -> {
            Stored stored = scan.memory(concept);
            if (stored != null) {
              memories[0]++;
              if (first.size() < Limits.MAX_PREVIEWED) {
                first.add(new ForgetPreview.Candidate(all.memory(space, stored), reason));
              }
            }
            return true;
          });
      return new ForgetPreview(memories[0], pruned.shortTerm, pruned.longTerm, first);
    });
  }

  private static boolean count(Found each, boolean isPruned, TierCounts pruned, BitSet connected) {
    if (isPruned) {
      pruned.add(each.edge().tier());
    } else {
      connected.set(each.from());
      connected.set(each.to());
    }
    return true;
  }

  Forgetting run() {
    Tombstones.Begun begun = handle.write(s -> new Tombstones(s, entry(s)).begin());
    IntPredicate matching = handle.read(s -> new ForgetScan(s, entry(s), policy).matching());
    for (Tier tier : Tier.values()) {
      prune(begun, tier, matching);
    }
    BitSet connected = handle.read(s -> new ForgetScan(s, entry(s), policy).connected(matching));
    forgetMemories(begun, connected);
    return handle.read(s -> new Tombstones(s, entry(s)).require(begun.operation()));
  }

  private void prune(Tombstones.Begun begun, Tier tier, IntPredicate matching) {
    byte[] after = {};
    while (true) {
      byte[] from = after;
      List<Found> part = handle.read(s -> pruned(s, tier, from, matching));
      if (part.isEmpty()) {
        return;
      }
      after = part.getLast().key();
      advance(handle.write(s -> prune(s, begun, part)));
    }
  }

  private List<Found> pruned(Session s, Tier tier, byte[] after, IntPredicate matching) {
    int batch = s.state(entry(s)).dynamics().batch();
    List<Found> part = new ArrayList<>();
    new ForgetScan(s, entry(s), policy)
        .forEachSynapse(
            tier,
            after,
            matching,
            (each, pruned) -> {
              if (pruned) {
                part.add(each);
              }
              return part.size() < batch;
            });
    return part;
  }

  private int prune(Session s, Tombstones.Begun begun, List<Found> part) {
    CatalogEntry space = entry(s);
    Synapses synapses = new Synapses(s, space);
    ForgetScan scan = new ForgetScan(s, space, policy);
    TierCounts counts = new TierCounts();
    for (Found each : part) {
      Found now = synapses.find(each.key());
      if (now != null && scan.prunes(now)) {
        s.tx().claim(Family.SHORT_TERM, now.key());
        synapses.remove(now);
        counts.add(now.edge().tier());
      }
    }
    new Tombstones(s, space).add(begun, 0, counts.shortTerm, counts.longTerm);
    return part.size();
  }

  private void forgetMemories(Tombstones.Begun begun, BitSet connected) {
    byte[] after = {};
    while (true) {
      byte[] from = after;
      List<Integer> part = handle.read(s -> forgotten(s, from, connected));
      if (part.isEmpty()) {
        return;
      }
      CatalogEntry space = handle.read(this::entry);
      after = Keys.node(space.number(), part.getLast());
      advance(handle.write(s -> forget(s, begun, part)));
    }
  }

  private List<Integer> forgotten(Session s, byte[] after, BitSet connected) {
    int batch = s.state(entry(s)).dynamics().batch();
    List<Integer> part = new ArrayList<>();
    new ForgetScan(s, entry(s), policy)
        .forEachMemory(
            after,
            connected,
            (node, _, _) -> {
              part.add(node);
              return part.size() < batch;
            });
    return part;
  }

  private int forget(Session s, Tombstones.Begun begun, List<Integer> part) {
    CatalogEntry space = entry(s);
    ForgetScan scan = new ForgetScan(s, space, policy);
    Synapses synapses = new Synapses(s, space);
    Tombstones tombstones = new Tombstones(s, space);
    Nodes nodes = new Nodes(s, space);
    int forgotten = 0;
    for (int node : part) {
      Concept concept = nodes.concept(node);
      Stored memory = concept == null ? null : scan.memory(concept);
      if (memory != null
          && scan.reason(Objects.requireNonNull(concept), !synapses.of(node).isEmpty())
              .isPresent()) {
        tombstones.bury(begun, memory, concept, synapses.of(node));
        new Memories(s).remove(space, memory);
        forgotten++;
      }
    }
    tombstones.add(begun, forgotten, 0, 0);
    return part.size();
  }

  private void advance(int more) {
    done += more;
    progress.report(new Progress.Update("forget", done, -1, handle.name()));
    Handle.checkInterrupt("forget", done);
  }

  private CatalogEntry entry(Session session) {
    return session.space(handle.name());
  }

  /** Synapses by tier. */
  private static final class TierCounts {
    long shortTerm;
    long longTerm;

    void add(Tier tier) {
      if (tier == Tier.SHORT_TERM) {
        shortTerm++;
      } else {
        longTerm++;
      }
    }
  }
}
