package dev.engram.cli;

import dev.engram.Memory;
import dev.engram.MemorySpace;
import dev.engram.NotFoundException;
import dev.engram.RecordId;
import dev.engram.Synapse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A memory and what surrounds it, strongest first: each memory is reached over the synapses whose
 * strengths have the highest product. Immutable.
 *
 * @param nodes the memory itself first, and each after the one that leads to it
 * @param synapses between these, strongest first
 */
record Neighbourhood(List<Node> nodes, List<Synapse> synapses) {
  /** Most synapses for each memory, beside those that lead to the memories. */
  private static final int SYNAPSES_PER_MEMORY = 4;

  private static final Comparator<Reached> STRONGEST_FIRST =
      Comparator.comparingDouble(Reached::strength)
          .reversed()
          .thenComparingInt(Reached::hop)
          .thenComparing(each -> each.id.toString());

  private static final Comparator<Synapse> HEAVIEST_FIRST =
      Comparator.comparingDouble(Synapse::weight)
          .reversed()
          .thenComparing(s -> s.from().toString())
          .thenComparing(s -> s.to().toString())
          .thenComparing(Synapse::relation);

  /**
   * A memory in a neighbourhood.
   *
   * @param hop synapses between it and the centre
   * @param parent index of the memory that leads to it; -1 for the centre
   * @param via the synapse that leads to it; null for the centre
   */
  record Node(Memory memory, int hop, int parent, @Nullable Synapse via) {}

  /**
   * How far a neighbourhood goes.
   *
   * @param hops synapses from the centre at most
   * @param memories at most, the centre included
   */
  record Bounds(int hops, int memories) {}

  private record Reached(
      RecordId id, int hop, @Nullable RecordId parent, @Nullable Synapse via, double strength) {}

  Neighbourhood {
    nodes = List.copyOf(nodes);
    synapses = List.copyOf(synapses);
  }

  /**
   * Of a memory.
   *
   * @throws NotFoundException where it is not there
   */
  static Neighbourhood of(MemorySpace space, RecordId centre, Bounds bounds) {
    if (space.get(centre).isEmpty()) {
      throw GetCommand.notFound(centre.toString(), space.name());
    }
    List<Node> nodes = new ArrayList<>();
    Map<RecordId, Integer> indexes = new HashMap<>();
    for (Reached each : reached(space, centre, bounds)) {
      Optional<Memory> memory = space.get(each.id);
      Integer parent = each.parent == null ? Integer.valueOf(-1) : indexes.get(each.parent);
      if (memory.isPresent() && parent != null) {
        indexes.put(each.id, nodes.size());
        nodes.add(new Node(memory.get(), each.hop, parent, each.via));
      }
    }
    return new Neighbourhood(nodes, between(space, nodes, indexes.keySet()));
  }

  private static List<Reached> reached(MemorySpace space, RecordId centre, Bounds bounds) {
    Map<RecordId, Reached> all = new LinkedHashMap<>();
    List<Reached> last = List.of(new Reached(centre, 0, null, null, 1));
    all.put(centre, last.getFirst());
    for (int hop = 1; hop <= bounds.hops; hop++) {
      last = strongest(next(space, last, all.keySet()), bounds.memories - 1);
      last.forEach(each -> all.put(each.id, each));
    }
    return strongest(all.values(), bounds.memories);
  }

  private static Collection<Reached> next(
      MemorySpace space, List<Reached> last, Set<RecordId> known) {
    Map<RecordId, Reached> found = new HashMap<>();
    for (Reached from : last) {
      for (Synapse synapse : space.neighbours(from.id)) {
        RecordId other = synapse.from().equals(from.id) ? synapse.to() : synapse.from();
        if (!known.contains(other)) {
          double strength = from.strength * synapse.weight();
          Reached path = new Reached(other, from.hop + 1, from.id, synapse, strength);
          found.merge(other, path, (a, b) -> STRONGEST_FIRST.compare(a, b) <= 0 ? a : b);
        }
      }
    }
    return found.values();
  }

  private static List<Reached> strongest(Collection<Reached> all, int most) {
    return all.stream().sorted(STRONGEST_FIRST).limit(most).toList();
  }

  /** Those that lead to the memories, and the strongest of the others. */
  private static List<Synapse> between(MemorySpace space, List<Node> nodes, Set<RecordId> shown) {
    Set<Synapse> kept = new LinkedHashSet<>();
    List<Synapse> others = new ArrayList<>();
    for (Node node : nodes) {
      if (node.via() != null) {
        kept.add(node.via());
      }
      for (Synapse synapse : space.neighbours(node.memory().id())) {
        boolean outgoing = synapse.from().equals(node.memory().id());
        if (outgoing && shown.contains(synapse.to())) {
          others.add(synapse);
        }
      }
    }
    int most = SYNAPSES_PER_MEMORY * nodes.size();
    others.stream().sorted(HEAVIEST_FIRST).limit(most).forEach(kept::add);
    return kept.stream().sorted(HEAVIEST_FIRST).toList();
  }
}
