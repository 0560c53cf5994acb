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
    nodes.readAhead(paths.stream().map(Paths.Path::nodes).toList());
    List<PathRecollection> found = new ArrayList<>();
    for (Paths.Path path : paths) {
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
