package dev.engram.internal.engine;

import dev.engram.internal.format.Keys;
import dev.engram.internal.format.NumberLayout;
import dev.engram.internal.format.SchemaLayout;
import dev.engram.internal.format.SchemaLayout.Run;
import dev.engram.internal.graph.Patterns;
import dev.engram.internal.log.Family;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A consolidation of schemas under way, as rows: which patterns it has found strong, and how far it
 * is. What it strengthens makes patterns stronger, so that they cannot be counted again. Works
 * inside one transaction; not thread-safe.
 */
final class SchemaProgress {
  /** Patterns in one row. */
  private static final int PART = 8_192;

  private final Session session;
  private final CatalogEntry space;
  private final Tx tx;
  private final byte[] key;

  SchemaProgress(Session session, CatalogEntry space) {
    this.session = session;
    this.space = space;
    this.tx = session.tx();
    this.key = Keys.schemas(space.number());
  }

  /** What is under way; null where nothing is. */
  @Nullable Run find() {
    byte[] row = tx.get(Family.META, key);
    return row == null ? null : SchemaLayout.decode(key, row);
  }

  /**
   * Begins one, unless one is under way.
   *
   * @param seen synapses that were counted
   */
  void begin(long[] strong, long seen) {
    if (find() != null) {
      return;
    }
    for (int part = 0; part * PART < strong.length; part++) {
      byte[] patterns = Keys.patterns(space.number(), part);
      int end = Math.min(strong.length, (part + 1) * PART);
      long[] some = Arrays.copyOfRange(strong, part * PART, end);
      tx.put(Family.META, patterns, NumberLayout.encode(patterns, some));
    }
    long run = session.store().newId(tx.now()).value().getLeastSignificantBits();
    put(new Run(run, seen, new byte[0]));
  }

  /** The patterns that it found strong. */
  Patterns patterns() {
    LongStream.Builder strong = LongStream.builder();
    forEachPart((part, row) -> Arrays.stream(NumberLayout.decode(part, row)).forEach(strong));
    return Patterns.ofStrong(strong.build().toArray());
  }

  /** Two that go on with it at once share it: of two steps at once one is taken again. */
  void put(Run run) {
    tx.rely(Family.CONFIG, space.key());
    tx.claim(Family.META, key);
    tx.put(Family.META, key, SchemaLayout.encode(key, run));
  }

  /** Nothing is under way any more. */
  void finish() {
    List<byte[]> parts = new ArrayList<>();
    forEachPart((part, _) -> parts.add(part));
    parts.forEach(part -> tx.delete(Family.META, part));
    tx.claim(Family.META, key);
    tx.delete(Family.META, key);
  }

  private interface PartVisitor {
    void visit(byte[] key, byte[] row);
  }

  private void forEachPart(PartVisitor visitor) {
    byte[] prefix = Keys.patterns(space.number());
    tx.scan(
        Family.META,
        prefix,
        prefix,
        (part, row) -> {
          visitor.visit(part, row);
          return true;
        });
  }
}
