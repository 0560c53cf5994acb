package dev.engram.internal.engine;

import dev.engram.Recall.Arm;
import dev.engram.RecordId;
import dev.engram.internal.engine.Lookup.Area;
import dev.engram.internal.format.CounterKind;
import dev.engram.internal.graph.Graph;
import dev.engram.internal.graph.Moment;
import dev.engram.internal.graph.Neighbours.Step;
import dev.engram.internal.graph.Retention;
import dev.engram.internal.graph.Spread;
import dev.engram.internal.graph.Spread.Activated;
import dev.engram.internal.recall.Chronicle;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Lets activation spread from what answers a question best along the synapses of the space, within
 * what the question is asked of: neither found nor passed is what it must not see. Works inside one
 * transaction; not thread-safe.
 */
final class Associator {
  /** Of the best matches so many bring others to mind. */
  static final int SEEDS = 8;

  /** Synapses between a seed and what is found, at most. */
  private static final int HOPS = 3;

  /** What is less active is not found: a perfect match passes .07 over a synapse that is new. */
  private static final double THRESHOLD = .02;

  /** So many are found, the most active. */
  private static final int MOST = 64;

  /** What working memory counts beside a perfect match. */
  private static final double PRIMED = .5;

  private final Session session;
  private final RecallQuestion question;
  private final Nodes nodes;
  private final Graph graph;
  private final Moment now;
  private final Map<Integer, String> names = new HashMap<>();

  Associator(Session session, RecallQuestion question) {
    this.session = session;
    this.question = question;
    this.nodes = new Nodes(session, question.space());
    this.graph = session.store().synapseCache().of(question.space());
    this.now = session.state(question.space()).now();
  }

  /** Whether a question asks for association, and its space has any. */
  static boolean isAsked(OpenStore store, RecallQuestion question) {
    return question.weight(Arm.ASSOCIATION) > 0 && hasSynapses(store, question.space());
  }

  static boolean hasSynapses(OpenStore store, CatalogEntry space) {
    return store.log().counter(space.number(), CounterKind.SHORT_TERM) > 0
        || store.log().counter(space.number(), CounterKind.LONG_TERM) > 0;
  }

  /**
   * What is associated with what matches best.
   *
   * @param matches the scores of the best, by node
   * @param area where the question is asked
   */
  Map<Integer, Activated> reach(Map<Integer, Double> matches, Area area, Chronicle chronicle) {
    IntPredicate allowed = allowed(area, chronicle);
    Map<Integer, Double> seeds = new LinkedHashMap<>();
    matches.forEach((node, score) -> {
      if (score > 0) {
        seeds.put(node, Math.min(1, score));
      }
    });
    if (question.recall().primed()) {
      prime(seeds, allowed);
    }
    int[] from = seeds.keySet().stream().mapToInt(Integer::intValue).toArray();
    double[] activations = seeds.values().stream().mapToDouble(Double::doubleValue).toArray();
    return new Spread(graph, now, THRESHOLD, MOST, allowed).from(from, activations, HOPS);
  }

  private static IntPredicate allowed(Area area, Chronicle chronicle) {
    IntPredicate ordinals = area.allowed().allowed();
    return node -> {
      int ordinal = chronicle.reading(() -> chronicle.ordinal(node));
      return ordinal != Chronicle.NONE && ordinals.test(ordinal);
    };
  }

  private void prime(Map<Integer, Double> seeds, IntPredicate allowed) {
    SpaceState state = session.state(question.space());
    long time = state.dynamics().workingMemoryTime().toMillis();
    for (WorkingSet.Entry each : state.working().held()) {
      if (allowed.test(each.node())) {
        long idle = now.millis() - each.held().lastAccessed();
        double kept = Math.min(1, Retention.of(idle, time, each.held().accesses()));
        seeds.merge(each.node(), PRIMED * kept, Math::max);
      }
    }
  }

  /** The way from a match to what it brought to mind, with each synapse as it is now. */
  String path(Activated activated) {
    int[] path = activated.path();
    StringBuilder out = new StringBuilder(name(path[0]));
    for (int i = 1; i < path.length; i++) {
      Step step = graph.of(path[i - 1]).to(path[i], now);
      out.append(step == null ? " - " : arrow(step)).append(name(path[i]));
    }
    return out.toString();
  }

  private static String arrow(Step step) {
    String label = String.format(Locale.ROOT, "%s %.3f", step.relation(), step.weight());
    return step.incoming() ? " <-" + label + "- " : " -" + label + "-> ";
  }

  private String name(int node) {
    return names.computeIfAbsent(node, this::read);
  }

  private String read(int node) {
    @Nullable RecordId id = nodes.id(node);
    return id == null ? "?" : id.toString();
  }
}
