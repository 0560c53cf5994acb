package dev.engram.internal.engine;

import dev.engram.Limits;
import dev.engram.Recall;
import dev.engram.RecordId;
import dev.engram.Synapse;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.graph.Graph;
import dev.engram.internal.graph.Moment;
import dev.engram.internal.graph.Neighbours;
import dev.engram.internal.graph.Neighbours.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What a recalled memory cannot be true together with: what contradicts it, and what took its
 * place, as far as the question may see that. Works inside one transaction; not thread-safe.
 */
final class Rivals {
  private final Recall recall;
  private final long moment;
  private final Nodes nodes;
  private final Graph graph;
  private final Moment now;

  Rivals(Session session, RecallQuestion question) {
    OpenStore store = session.store();
    this.recall = question.recall();
    this.moment = store.searcher().lookup().moment(recall);
    boolean any = Associator.hasSynapses(store, question.space());
    this.nodes = new Nodes(session, question.space());
    this.graph = any ? store.synapseCache().of(question.space()) : _ -> Neighbours.NONE;
    this.now = session.state(question.space()).now();
  }

  /** What contradicts a memory, strongest first. */
  List<RecordId> contradicting(Stored memory) {
    return joined(memory, Synapse.CONTRADICTS, _ -> true);
  }

  /** What took the place of a memory. */
  List<RecordId> superseding(Stored memory) {
    return joined(memory, Synapse.SUPERSEDES, Step::incoming);
  }

  private List<RecordId> joined(Stored memory, String relation, Predicate<Step> wanted) {
    List<RecordId> found = new ArrayList<>();
    for (Step step : graph.of(memory.row().node()).of(relation, now)) {
      Stored other =
          found.size() < Limits.MAX_RIVALS && wanted.test(step) ? nodes.memory(step.node()) : null;
      if (other != null && isVisible(other) && !found.contains(other.row().id())) {
        found.add(other.row().id());
      }
    }
    return found;
  }

  /** Of another user, say, not even the id is told. */
  private boolean isVisible(Stored other) {
    return recall.filter().map(f -> f.matches(other.row().metadata())).orElse(true)
        && (recall.anyValidity() || other.row().times().holdsAt(moment));
  }
}
