package dev.engram.internal.engine;

import dev.engram.ForgetPolicy;
import dev.engram.ForgetPreview.Reason;
import dev.engram.Synapse.Tier;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.engine.Synapses.Found;
import dev.engram.internal.format.ConceptLayout;
import dev.engram.internal.format.ConceptLayout.Concept;
import dev.engram.internal.format.CounterKind;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.SynapseLayout;
import dev.engram.internal.graph.ForgetRules;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.Log;
import dev.engram.internal.parallel.Parallel;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Looks through the synapses and memories of a space for what a policy forgets, as one transaction
 * sees them. Not thread-safe.
 */
final class ForgetScan {
  /** Ranges of a tier's synapses that are looked through on their own. */
  private static final int PARTS = 16;

  private final Session session;
  private final CatalogEntry space;
  private final ForgetPolicy policy;
  private final ForgetRules rules;
  private final Synapses synapses;
  private final Records records;

  ForgetScan(Session session, CatalogEntry space, ForgetPolicy policy) {
    this.session = session;
    this.space = space;
    this.policy = policy;
    this.rules = new ForgetRules(policy);
    this.synapses = new Synapses(session, space);
    this.records = new Records(session);
  }

  /** Whether the metadata of a node's memory match. */
  IntPredicate matching() {
    if (policy.filter().isEmpty()) {
      return _ -> true;
    }
    BitSet nodes = new BitSet();
    forEachConcept(
        new byte[0],
        (node, concept) -> {
          Stored stored = memory(concept);
          if (stored != null && matches(stored)) {
            nodes.set(node);
          }
          return true;
        });
    return nodes::get;
  }

  /** A synapse, and whether the policy prunes it; return false to stop. */
  interface SynapseVisitor {
    boolean visit(Found synapse, boolean pruned);
  }

  /** Visits the synapses of a tier after a key. */
  void forEachSynapse(Tier tier, byte[] after, IntPredicate matching, SynapseVisitor visitor) {
    session
        .tx()
        .scanAfter(
            Synapses.family(tier),
            after,
            Keys.collection(space.number()),
            visiting(matching, visitor));
  }

  private Log.Visitor visiting(IntPredicate matching, SynapseVisitor visitor) {
    return (key, value) -> {
      Found each = new Found(key, SynapseLayout.decode(key, value));
      return visitor.visit(each, isPruned(each, matching));
    };
  }

  private boolean isPruned(Found synapse, IntPredicate matching) {
    return matching.test(synapse.from()) && matching.test(synapse.to()) && prunes(synapse);
  }

  boolean prunes(Found synapse) {
    long idle = session.tx().now() - synapse.edge().lastAccessed();
    return rules.prunes(synapses.weight(synapse), synapse.edge().tier(), idle);
  }

  /**
   * What the policy makes of all synapses.
   *
   * @param pruned how many it prunes
   * @param connected the nodes that have one that it does not prune
   */
  record Survey(TierCounts pruned, BitSet connected) {
    private void note(Found synapse, boolean isPruned) {
      if (isPruned) {
        pruned.add(synapse.edge().tier());
      } else {
        connected.set(synapse.from());
        connected.set(synapse.to());
      }
    }
  }

  /** Looks through all synapses on all cores. The transaction has written nothing. */
  Survey survey(IntPredicate matching) {
    Survey all = new Survey(new TierCounts(), new BitSet());
    for (Survey part : Parallel.map(parts(), each -> survey(each, matching))) {
      all.pruned.add(part.pruned);
      all.connected.or(part.connected);
    }
    return all;
  }

  /** The synapses of a tier that begin at some nodes, by their keys. */
  private record Part(Tier tier, byte[] from, byte[] to) {}

  private List<Part> parts() {
    long nodes = session.tx().counter(space.number(), CounterKind.NODES);
    byte[] end = Keys.afterPrefix(Keys.collection(space.number()));
    List<Part> parts = new ArrayList<>();
    for (Tier tier : Tier.values()) {
      byte[] from = Keys.collection(space.number());
      for (int i = 1; i <= PARTS; i++) {
        byte[] to = i == PARTS ? end : Keys.node(space.number(), (int) (nodes * i / PARTS));
        parts.add(new Part(tier, from, to));
        from = to;
      }
    }
    return parts;
  }

  private Survey survey(Part part, IntPredicate matching) {
    Survey survey = new Survey(new TierCounts(), new BitSet());
    session
        .tx()
        .scanFrom(
            Synapses.family(part.tier),
            part.from,
            part.to,
            visiting(
                matching,
                (each, pruned) -> {
                  survey.note(each, pruned);
                  return true;
                }));
    return survey;
  }

  /** A memory that the policy forgets; return false to stop. */
  interface MemoryVisitor {
    boolean visit(int node, Concept concept, Reason reason);
  }

  /** Visits the memories after a node's key that the policy forgets. */
  void forEachMemory(byte[] after, BitSet connected, MemoryVisitor visitor) {
    forEachConcept(
        after,
        (node, concept) -> {
          Optional<Reason> reason = reason(concept, connected.get(node));
          return reason.isEmpty() || visitor.visit(node, concept, reason.get());
        });
  }

  /** Why a memory is forgotten; empty where it is not. */
  Optional<Reason> reason(Concept concept, boolean connected) {
    ForgetRules.Use use =
        new ForgetRules.Use(
            session.tx().now() - concept.lastAccessed(),
            concept.accessCount(),
            connected,
            concept.pinned());
    Optional<Reason> reason = rules.reason(use, () -> characters(concept));
    if (reason.isEmpty() || policy.filter().isEmpty()) {
      return reason;
    }
    Stored stored = memory(concept);
    return stored != null && matches(stored) ? reason : Optional.empty();
  }

  private int characters(Concept concept) {
    Stored stored = memory(concept);
    return stored == null ? 0 : Objects.requireNonNull(stored.row().text()).length();
  }

  private boolean matches(Stored stored) {
    return policy.filter().map(f -> f.matches(stored.row().metadata())).orElse(true);
  }

  /** The memory of a node, unless it has expired. */
  @Nullable Stored memory(Concept concept) {
    return records.at(Keys.record(space.number(), concept.epoch(), concept.ordinal()));
  }

  private interface ConceptVisitor {
    boolean visit(int node, Concept concept);
  }

  private void forEachConcept(byte[] after, ConceptVisitor visitor) {
    session
        .tx()
        .scanAfter(
            Family.CONCEPTS,
            after,
            Keys.collection(space.number()),
            (key, value) -> visitor.visit(Keys.intAt(key, 4), ConceptLayout.decode(key, value)));
  }

  /** Synapses by tier. */
  static final class TierCounts {
    long shortTerm;
    long longTerm;

    void add(TierCounts more) {
      shortTerm += more.shortTerm;
      longTerm += more.longTerm;
    }

    void add(Tier tier) {
      if (tier == Tier.SHORT_TERM) {
        shortTerm++;
      } else {
        longTerm++;
      }
    }
  }
}
