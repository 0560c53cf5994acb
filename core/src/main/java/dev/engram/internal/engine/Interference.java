package dev.engram.internal.engine;

import dev.engram.InterferenceReport;
import dev.engram.InvalidInputException;
import dev.engram.Limits;
import dev.engram.RecordId;
import dev.engram.Synapse.Tier;
import dev.engram.internal.engine.Lookup.Area;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.engine.Synapses.Found;
import dev.engram.internal.filter.OrdinalSet;
import dev.engram.internal.format.Keys;
import dev.engram.internal.recall.WordSet;
import dev.engram.internal.recall.Wording;
import dev.engram.internal.vector.SearchTrace;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Memories that are alike get into each other's way: what is like a memory is weakened in the short
 * term. Works inside one transaction, but looks for what is alike among what was committed; not
 * thread-safe.
 */
final class Interference {
  /** What a synapse loses. */
  private static final double RATE = .2;

  /** Words by which something alike is looked for, at most. */
  private static final int MAX_WORDS = 64;

  private final CatalogEntry space;
  private final Lookup lookup;
  private final Memories memories;
  private final Records records;
  private final Synapses synapses;

  Interference(Session session, CatalogEntry space) {
    this.space = space;
    this.lookup = session.store().searcher().lookup();
    this.memories = new Memories(session);
    this.records = new Records(session);
    this.synapses = new Synapses(session, space);
  }

  /** Weakens what is like a memory, by its vector or else by its words. */
  InterferenceReport by(RecordId id, double similarity) {
    if (!(similarity > 0 && similarity <= 1)) {
      throw new InvalidInputException(
          "invalid interference: similarity=" + similarity + ", allowed: above 0, at most 1");
    }
    List<Stored> alike = alike(memories.require(space, id), similarity);
    Map<ByteBuffer, Found> weakened = new LinkedHashMap<>();
    for (Stored each : alike) {
      synapses.of(each.row().node()).stream()
          .filter(synapse -> synapse.edge().tier() == Tier.SHORT_TERM)
          .forEach(synapse -> weakened.put(ByteBuffer.wrap(synapse.key()), synapse));
    }
    weakened.values().forEach(synapse -> synapses.weaken(synapse, RATE));
    return new InterferenceReport(alike.size(), weakened.size());
  }

  private List<Stored> alike(Stored memory, double similarity) {
    Area others =
        lookup
            .area(space, Optional.empty(), OptionalDouble.empty(), SearchTrace.NONE)
            .without(OrdinalSet.of(memory.ordinal()));
    float[] vector = records.vector(memory);
    return vector == null
        ? byWords(others, Objects.requireNonNull(memory.row().text()), similarity)
        : stored(lookup.nearest(others, vector, Limits.MAX_INTERFERING, similarity).keySet());
  }

  private List<Stored> byWords(Area others, String text, double similarity) {
    String beginning = Wording.beginning(text, MAX_WORDS);
    WordSet words = WordSet.of(text);
    return stored(lookup.matching(others, beginning, Limits.MAX_INTERFERING).keySet()).stream()
        .filter(each -> words.shared(WordSet.of(String.valueOf(each.row().text()))) >= similarity)
        .toList();
  }

  /** Those that are still there. */
  private List<Stored> stored(Set<Integer> ordinals) {
    List<Stored> found = new ArrayList<>();
    for (int ordinal : ordinals) {
      Stored stored = records.at(Keys.record(space.number(), space.epoch(), ordinal));
      if (stored != null) {
        found.add(stored);
      }
    }
    return found;
  }
}
