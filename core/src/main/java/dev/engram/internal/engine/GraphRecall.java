package dev.engram.internal.engine;

import dev.engram.Activated;
import dev.engram.Activation;
import dev.engram.Memory;
import dev.engram.PathRecall;
import dev.engram.PathRecollection;
import dev.engram.RecordId;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.format.ConceptLayout.Concept;
import dev.engram.internal.format.Keys;
import dev.engram.internal.graph.Graph;
import dev.engram.internal.graph.Moment;
import dev.engram.internal.graph.Paths;
import dev.engram.internal.graph.Recency;
import dev.engram.internal.graph.Spread;
import dev.engram.internal.log.Family;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds memories along synapses. Works inside one transaction; not thread-safe. */
final class GraphRecall {
  /** How many times as many are looked for where some that were found have expired. */
  private static final int FURTHER = 2;

  private final CatalogEntry space;
  private final Session session;
  private final Memories memories;
  private final Nodes nodes;
  private final Graph graph;
  private final Moment now;

  GraphRecall(Session session, CatalogEntry space) {
    this.space = space;
    this.session = session;
    this.memories = new Memories(session);
    this.nodes = new Nodes(session, space);
    this.graph = session.store().synapseCache().of(space);
    this.now = session.state(space).now();
  }

  List<Activated> activate(Activation activation) {
    int[] seeds =
        memories.requireAll(space, new LinkedHashSet<>(activation.seeds())).values().stream()
            .mapToInt(memory -> memory.row().node())
            .toArray();
    int limit = activation.limit().orElse(session.state(space).dynamics().recallLimit());
    int wanted = limit;
    while (true) {
      List<Spread.Activated> reached =
          new Spread(graph, now, activation.threshold(), wanted).from(seeds, activation.hops());
      List<Activated> found = visible(reached, limit);
      if (found.size() == limit || reached.size() < wanted) {
        return found;
      }
      wanted *= FURTHER;
    }
  }

  private List<Activated> visible(List<Spread.Activated> reached, int limit) {
    nodes.readAhead(reached.stream().map(Spread.Activated::path).toList());
    List<Activated> found = new ArrayList<>();
    for (Spread.Activated each : reached) {
      Memory memory = found.size() < limit ? memory(each.node()) : null;
      if (memory != null) {
        found.add(new Activated(memory, each.activation(), ids(each.path())));
      }
    }
    return found;
  }

  List<PathRecollection> paths(PathRecall recall) {
    int source = memories.require(space, recall.source()).row().node();
    List<Paths.Path> paths =
        new Paths(graph, now, recall.minRelevance(), recall.maxPath()).from(source);
    List<PathRecollection> found = new ArrayList<>();
    for (Scored each : scored(paths)) {
      Memory memory = found.size() < recall.limit() ? memory(each.path.end()) : null;
      if (memory != null) {
        List<RecordId> ids = ids(each.path.nodes());
        found.add(new PathRecollection(memory, each.score, ids, each.path.strength()));
      }
    }
    return found;
  }

  private record Scored(Paths.Path path, double score) {}

  /** By relevance and recency, best first; no text is read for it. */
  private List<Scored> scored(List<Paths.Path> paths) {
    session
        .tx()
        .readAhead(
            Family.CONCEPTS,
            paths.stream().map(path -> Keys.node(space.number(), path.end())).toList());
    List<Scored> scored = new ArrayList<>();
    for (Paths.Path path : paths) {
      Concept concept = nodes.concept(path.end());
      if (concept != null) {
        double recency = Recency.of(now.millis() - concept.lastAccessed());
        scored.add(new Scored(path, path.relevance() * recency));
      }
    }
    scored.sort(Comparator.comparingDouble(Scored::score).reversed());
    return scored;
  }

  /** The visible memory of a node. */
  private @Nullable Memory memory(int node) {
    Stored stored = nodes.memory(node);
    return stored == null ? null : memories.memory(space, stored);
  }

  /** What has vanished meanwhile is left out of a path. */
  private List<RecordId> ids(int[] path) {
    List<RecordId> ids = new ArrayList<>(path.length);
    for (int node : path) {
      RecordId id = nodes.id(node);
      if (id != null) {
        ids.add(id);
      }
    }
    return ids;
  }
}
