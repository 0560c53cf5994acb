package dev.engram.internal.engine;

import dev.engram.Activated;
import dev.engram.Activation;
import dev.engram.Memory;
import dev.engram.PathRecall;
import dev.engram.PathRecollection;
import dev.engram.RecordId;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.graph.Graph;
import dev.engram.internal.graph.Moment;
import dev.engram.internal.graph.Paths;
import dev.engram.internal.graph.Recency;
import dev.engram.internal.graph.Spread;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds memories along synapses. Works inside one transaction; not thread-safe. */
final class GraphRecall {
  /** Found memories that may have expired, or vanish before they are read. */
  private static final int SPARE = 16;

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
    List<Activated> found = new ArrayList<>();
    Spread spread = new Spread(graph, now, activation.threshold());
    for (Spread.Activated each : spread.from(seeds, activation.hops(), limit + SPARE)) {
      Memory memory = found.size() < limit ? memory(each.node()) : null;
      if (memory != null) {
        found.add(new Activated(memory, each.activation(), ids(each.path())));
      }
    }
    return found;
  }

  List<PathRecollection> paths(PathRecall recall) {
    int source = memories.require(space, recall.source()).row().node();
    List<PathRecollection> found = new ArrayList<>();
    Paths paths = new Paths(graph, now, recall.minRelevance(), recall.maxPath());
    for (Paths.Path path : paths.from(source)) {
      Memory memory = memory(path.end());
      if (memory != null) {
        double recency = Recency.of(now.millis() - memory.lastAccessed().toEpochMilli());
        found.add(
            new PathRecollection(
                memory, path.relevance() * recency, ids(path.nodes()), path.strength()));
      }
    }
    found.sort(Comparator.comparingDouble(PathRecollection::score).reversed());
    return List.copyOf(found.subList(0, Math.min(recall.limit(), found.size())));
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
