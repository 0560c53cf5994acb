package dev.engram.soak;

import dev.engram.Engram;
import dev.engram.Memory;
import dev.engram.MemorySpace;
import dev.engram.Page;
import dev.engram.RecordId;
import dev.engram.Scan;
import dev.engram.Synapse;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/** Reads a whole store into the form of the oracle. */
final class Found {
  private static final int PAGE = 1_000;

  private final Model model = Model.empty();

  private Found() {}

  /** Everything that the store says it holds. */
  static Model in(Engram engram) {
    Found found = new Found();
    VectorCollection docs = engram.collection(Op.DOCS);
    each(docs::scan, record -> found.doc(docs, record));
    MemorySpace mind = engram.space(Op.MIND);
    Map<Link, Integer> ends = new HashMap<>();
    each(mind::scan, memory -> found.note(mind, memory, ends));
    ends.forEach(
        (link, seen) -> SoakFailure.require(seen == 2, "seen from one end alone: " + link));
    each(engram.collection(Bulk.NAME)::scan, found::vector);
    return found.model;
  }

  private static <T> void each(Function<Scan, Page<T>> pages, Consumer<T> use) {
    Scan scan = Scan.first().limit(PAGE);
    while (true) {
      Page<T> page = pages.apply(scan);
      page.items().forEach(use);
      if (page.next().isEmpty()) {
        return;
      }
      scan = scan.after(page.next().get());
    }
  }

  private void doc(VectorCollection docs, VectorRecord record) {
    String id = idOf(record.id());
    VectorRecord whole = docs.get(record.id()).orElseThrow(() -> gone(id));
    float[] vector = whole.vector().orElseThrow(() -> gone(id));
    long colour = whole.metadata().getLong(Op.COLOUR).orElse(-1L);
    long expires = whole.expiresAt().map(at -> at.toEpochMilli()).orElse(0L);
    Doc doc = new Doc(Doc.numberOf(vector), whole.text().orElse(""), colour, expires);
    SoakFailure.require(model.part(id).docs().put(id, doc) == null, "scanned twice: " + id);
  }

  private void note(MemorySpace mind, Memory memory, Map<Link, Integer> ends) {
    String id = idOf(memory.id());
    Note note = new Note(memory.text(), memory.metadata().getLong(Op.LOT).orElse(-1L));
    SoakFailure.require(model.part(id).notes().put(id, note) == null, "scanned twice: " + id);
    for (Synapse synapse : mind.neighbours(memory.id())) {
      Link link = new Link(idOf(synapse.from()), idOf(synapse.to()));
      model.part(link.from()).links().add(link);
      ends.merge(link, 1, Integer::sum);
    }
  }

  private void vector(VectorRecord record) {
    int number = Integer.parseInt(record.id().toString());
    model.bulk()[number] = record.metadata().getLong(Bulk.VERSION).orElse(-1L).intValue();
  }

  private static String idOf(RecordId id) {
    String text = id.toString();
    boolean ours = text.matches("p[0-" + (Model.PARTS - 1) + "][dm][0-9]+");
    SoakFailure.require(ours, "nobody wrote this id: " + text);
    return text;
  }

  private static SoakFailure gone(String id) {
    return new SoakFailure("scanned, but not there when it is read: " + id);
  }
}
