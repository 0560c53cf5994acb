package dev.engram.internal.engine;

import dev.engram.internal.format.ConceptLayout.Concept;
import dev.engram.internal.format.Keys;
import dev.engram.internal.log.Family;
import dev.engram.internal.recall.Scene;
import dev.engram.internal.recall.Usage;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads how memories are kept and were used. Works inside one transaction; not thread-safe. */
final class UsageReader {
  private final Session session;
  private final CatalogEntry space;
  private final Memories memories;
  private final Nodes nodes;

  UsageReader(Session session, CatalogEntry space) {
    this.session = session;
    this.space = space;
    this.memories = new Memories(session);
    this.nodes = new Nodes(session, space);
  }

  /**
   * The usage of some rows of a scene.
   *
   * @return by row; null where it was not asked for, or the memory is gone
   */
  List<@Nullable Usage> of(Scene scene, int[] rows) {
    List<byte[]> keys =
        Arrays.stream(rows).mapToObj(row -> Keys.node(space.number(), scene.node(row))).toList();
    session.tx().readAhead(Family.CONCEPTS, keys);
    @Nullable Usage[] byRow = new Usage[scene.size()];
    for (int row : rows) {
      Concept concept = nodes.concept(scene.node(row));
      byRow[row] = concept == null ? null : usage(concept);
    }
    return Arrays.asList(byRow);
  }

  private Usage usage(Concept concept) {
    return new Usage(
        memories.importance(space, concept),
        session.tx().now() - concept.lastAccessed(),
        concept.accessCount());
  }
}
