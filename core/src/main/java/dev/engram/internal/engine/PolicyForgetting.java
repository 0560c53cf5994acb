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
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;
import java.util.function.IntPredicate;
import java.util.function.ToIntBiFunction;
import org.jspecify.annotations.Nullable;

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
      ForgetScan.Survey survey = scan.survey(scan.matching());
      survey.connected().or(new Tombstones(s, space).cutOff());
      long[] memories = {0};
      List<ForgetPreview.Candidate> first = new ArrayList<>();
      Memories all = new Memories(s);
      scan.forEachMemory(
          new byte[0],
          survey.connected(),
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
      return new ForgetPreview(
          memories[0], survey.pruned().shortTerm, survey.pruned().longTerm, first);
    });
  }

  Forgetting run() {
    UUID operation = handle.write(s -> new Tombstones(s, entry(s)).begin());
    IntPredicate matching = handle.read(s -> new ForgetScan(s, entry(s), policy).matching());
    for (Tier tier : Tier.values()) {
      inParts(
          (s, after) -> pruned(s, tier, after, matching), (s, part) -> prune(s, operation, part));
    }
    BitSet connected = handle.read(s -> connected(s, matching));
    inParts((s, after) -> forgotten(s, after, connected), (s, part) -> forget(s, operation, part));
    return handle.read(s -> new Tombstones(s, entry(s)).require(operation));
  }

  /**
   * The nodes that count as connected: those with a synapse, and those whose last one went with a
   * memory that can be brought back. So forgetting twice, or again after it was interrupted,
   * forgets the same as doing it once.
   */
  private BitSet connected(Session s, IntPredicate matching) {
    BitSet connected = new ForgetScan(s, entry(s), policy).survey(matching).connected();
    connected.or(new Tombstones(s, entry(s)).cutOff());
    return connected;
  }

  /**
   * Each part is one commit, or several where it is large: the work returns with how many of the
   * first rows it is done.
   */
  private void inParts(Handle.Finder next, ToIntBiFunction<Session, List<byte[]>> work) {
    long _ =
        handle.inParts(
            next,
            part -> {
              int from = 0;
              while (from < part.size()) {
                List<byte[]> left = part.subList(from, part.size());
                int worked = handle.write(s -> work.applyAsInt(s, left));
                from += worked;
                advance(worked);
              }
              return part.size();
            });
  }

  private List<byte[]> pruned(Session s, Tier tier, byte[] after, IntPredicate matching) {
    int batch = s.state(entry(s)).dynamics().batch();
    List<byte[]> part = new ArrayList<>();
    new ForgetScan(s, entry(s), policy)
        .forEachSynapse(
            tier,
            after,
            matching,
            (each, pruned) -> {
              if (pruned) {
                part.add(each.key());
              }
              return part.size() < batch;
            });
    return part;
  }

  private int prune(Session s, UUID operation, List<byte[]> keys) {
    CatalogEntry space = entry(s);
    Synapses synapses = new Synapses(s, space);
    Tombstones tombstones = new Tombstones(s, space);
    ForgetScan scan = new ForgetScan(s, space, policy);
    ForgetScan.TierCounts counts = new ForgetScan.TierCounts();
    boolean keeps = tombstones.keeps(operation);
    for (byte[] key : keys) {
      Found now = synapses.find(key);
      if (now != null && scan.prunes(now)) {
        if (keeps && synapses.weight(now) > 0) {
          tombstones.buryPruned(operation, now);
        }
        synapses.remove(now);
        counts.add(now.edge().tier());
      }
    }
    tombstones.add(operation, 0, counts.shortTerm, counts.longTerm);
    return keys.size();
  }

  private List<byte[]> forgotten(Session s, byte[] after, BitSet connected) {
    CatalogEntry space = entry(s);
    int batch = s.state(space).dynamics().batch();
    List<byte[]> part = new ArrayList<>();
    new ForgetScan(s, space, policy)
        .forEachMemory(
            after,
            connected,
            (node, _, _) -> {
              part.add(Keys.node(space.number(), node));
              return part.size() < batch;
            });
    return part;
  }

  private int forget(Session s, UUID operation, List<byte[]> nodeKeys) {
    Tombstones tombstones = new Tombstones(s, entry(s));
    boolean keeps = tombstones.keeps(operation);
    int looked = 0;
    int forgotten = 0;
    while (looked < nodeKeys.size() && (looked == 0 || !Handle.isFull(s))) {
      int node = Keys.intAt(nodeKeys.get(looked++), 4);
      forgotten += forget(s, node, keeps ? operation : null) ? 1 : 0;
    }
    tombstones.add(operation, forgotten, 0, 0);
    return looked;
  }

  /**
   * Forgets the memory of a node, if the rules still hold.
   *
   * @param operation by which it can be brought back; null where it cannot
   */
  private boolean forget(Session s, int node, @Nullable UUID operation) {
    CatalogEntry space = entry(s);
    ForgetScan scan = new ForgetScan(s, space, policy);
    Concept concept = new Nodes(s, space).concept(node);
    Stored memory = concept == null ? null : scan.memory(concept);
    if (concept == null || memory == null) {
      return false;
    }
    List<Found> own = new Synapses(s, space).of(node);
    if (scan.reason(concept, !own.isEmpty()).isEmpty()) {
      return false;
    }
    if (operation != null) {
      new Tombstones(s, space).bury(operation, memory, concept, own);
    }
    new Memories(s).remove(space, memory);
    return true;
  }

  private void advance(int more) {
    done += more;
    progress.report(new Progress.Update("forget", done, -1, handle.name()));
    Handle.checkInterrupt("forget", done);
  }

  private CatalogEntry entry(Session session) {
    return session.space(handle.name());
  }
}
