package dev.engram.soak;

import dev.engram.Association;
import dev.engram.Learning;
import dev.engram.MemorySpace;
import dev.engram.Metadata;
import dev.engram.MetadataPatch;
import dev.engram.RecordId;
import dev.engram.Synapse;
import dev.engram.Transaction;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import java.time.Instant;
import java.util.List;

/** One change of a transaction, which has a line of text, so that a child process can be told. */
sealed interface Op {
  /** The collection that is written to. */
  String DOCS = "docs";

  /** The space that learns. */
  String MIND = "mind";

  String COLOUR = "colour";
  String LOT = "lot";

  /** How strong a new synapse is: strong enough not to fade away. */
  double STRENGTH = .9;

  /**
   * A document, whole.
   *
   * @param vector see {@link Doc#vectorOf}
   * @param expiresAt milliseconds since the epoch, 0 for never
   */
  record Put(String id, int vector, long colour, long expiresAt, String text) implements Op {}

  record Drop(String id) implements Op {}

  record Paint(String id, long colour) implements Op {}

  /** Learns a memory; those of one lot are forgotten together. */
  record Learn(String id, long lot, String text) implements Op {}

  record Reword(String id, String text) implements Op {}

  record Forget(String id) implements Op {}

  record Join(String from, String to) implements Op {}

  /** Its line. */
  default String line() {
    return switch (this) {
      case Put o -> line("put", o.id, o.vector + "", o.colour + "", o.expiresAt + "", o.text);
      case Drop o -> line("drop", o.id);
      case Paint o -> line("paint", o.id, o.colour + "");
      case Learn o -> line("learn", o.id, o.lot + "", o.text);
      case Reword o -> line("reword", o.id, o.text);
      case Forget o -> line("forget", o.id);
      case Join o -> line("join", o.from, o.to);
    };
  }

  private static String line(String... words) {
    return String.join("\t", words);
  }

  /** Reads a line. */
  static Op of(String line) {
    List<String> w = List.of(line.split("\t", -1));
    return switch (w.getFirst()) {
      case "put" ->
          new Put(
              w.get(1),
              Integer.parseInt(w.get(2)),
              Long.parseLong(w.get(3)),
              Long.parseLong(w.get(4)),
              w.get(5));
      case "drop" -> new Drop(w.get(1));
      case "paint" -> new Paint(w.get(1), Long.parseLong(w.get(2)));
      case "learn" -> new Learn(w.get(1), Long.parseLong(w.get(2)), w.get(3));
      case "reword" -> new Reword(w.get(1), w.get(2));
      case "forget" -> new Forget(w.get(1));
      case "join" -> new Join(w.get(1), w.get(2));
      default -> throw new IllegalArgumentException("no such change: line=" + line);
    };
  }

  /** Does it; the store has to say that what it changes was there. */
  default void apply(Transaction tx) {
    boolean there =
        switch (this) {
          case Put put -> upsert(tx.collection(DOCS), put);
          case Drop o -> tx.collection(DOCS).delete(o.id);
          case Paint o ->
              tx.collection(DOCS)
                  .patch(RecordId.of(o.id), MetadataPatch.empty().set(COLOUR, o.colour));
          case Learn learn -> learn(tx.space(MIND), learn);
          case Reword o -> tx.space(MIND).update(RecordId.of(o.id), o.text);
          case Forget o -> tx.space(MIND).forget(RecordId.of(o.id));
          case Join join -> join(tx.space(MIND), join);
        };
    SoakFailure.require(there, "the store says that it is not there: " + line());
  }

  private static boolean upsert(VectorCollection docs, Put put) {
    VectorRecord record =
        VectorRecord.of(put.id, Doc.vectorOf(put.vector))
            .withText(put.text)
            .withMetadata(Metadata.of(COLOUR, put.colour));
    docs.upsert(
        put.expiresAt == 0 ? record : record.withExpiry(Instant.ofEpochMilli(put.expiresAt)));
    return true;
  }

  private static boolean learn(MemorySpace mind, Learn learn) {
    Learning learning =
        Learning.of(learn.text)
            .withId(RecordId.of(learn.id))
            .withMetadata(Metadata.of(LOT, learn.lot))
            .allowDuplicates();
    return mind.learn(learning).id().equals(RecordId.of(learn.id));
  }

  private static boolean join(MemorySpace mind, Join join) {
    Association association =
        Association.of(RecordId.of(join.from), RecordId.of(join.to)).withStrength(STRENGTH);
    Synapse made = mind.associate(List.of(association)).getFirst();
    return made.from().equals(association.from()) && made.to().equals(association.to());
  }
}
