package dev.engram.internal.engine;

import dev.engram.CommitId;
import dev.engram.CorruptStoreException;
import dev.engram.StaleViewException;
import dev.engram.internal.text.AnalyzedText;
import dev.engram.internal.text.TermScore;
import dev.engram.internal.text.TermTable;
import dev.engram.internal.text.TextAnalysis;
import dev.engram.internal.text.TextHit;
import dev.engram.internal.text.TextIndex;
import dev.engram.internal.text.TextQuery;
import dev.engram.internal.text.TextStats;
import dev.engram.internal.text.TextWatermark;
import dev.engram.spi.Change;
import dev.engram.spi.Commit;
import dev.engram.spi.RecordRow;
import dev.engram.spi.StateSnapshot;
import dev.engram.spi.StateSnapshot.CollectionRow;
import dev.engram.spi.View;
import dev.engram.spi.ViewContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The text index as a view of the store: one index for all collections. Follows at a short lag. */
final class TextView implements View {
  static final String NAME = "text";

  /** Texts that are applied between two publications: about a second of replay. */
  private static final int PUBLISH_TEXTS = 20_000;

  /** Characters that are applied between two publications. */
  private static final long PUBLISH_CHARS = 32L << 20;

  /** From this many texts on, more than one core analyses them. */
  private static final int LEAST_PARALLEL = 16;

  /** Rows that a rebuild holds at a time. */
  private static final int REBUILD_BATCH = 256;

  private final Map<Integer, String> languages = new ConcurrentHashMap<>();
  private @Nullable Path directory;
  private String storeId = "";
  private volatile @Nullable TextIndex index;
  private int textsSincePublish;
  private long charsSincePublish;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Mode mode() {
    return Mode.LAGGING;
  }

  @Override
  public boolean wantsVectors() {
    return false;
  }

  @Override
  public Optional<CommitId> open(ViewContext context) {
    directory = context.directory().orElse(null);
    storeId = context.storeId();
    try (StateSnapshot state = context.snapshot()) {
      state.forEachCollection(c -> languages.put(c.number(), c.language()));
    }
    try {
      TextIndex opened = directory == null ? TextIndex.inMemory() : TextIndex.open(directory);
      index = opened;
      return opened
          .committedWatermark()
          .filter(w -> context.holds(w.storeId(), commitOf(w)))
          .map(TextView::commitOf);
    } catch (CorruptStoreException e) {
      return Optional.empty();
    }
  }

  private static CommitId commitOf(TextWatermark watermark) {
    return new CommitId(watermark.timeline(), watermark.lsn());
  }

  @Override
  public void rebuild(StateSnapshot state) {
    TextIndex fresh = emptyIndex();
    languages.clear();
    List<RecordRow> batch = new ArrayList<>();
    state.forEachCollection(collection -> {
      languages.put(collection.number(), collection.language());
      state.forEachRecord(
          collection,
          false,
          row -> {
            batch.add(row);
            if (batch.size() == REBUILD_BATCH) {
              addAll(fresh, batch);
            }
          });
    });
    addAll(fresh, batch);
  }

  /** What is new comes first, so that a text that is replaced is never missing meanwhile. */
  @Override
  public void apply(Commit commit) {
    TextIndex current = opened();
    List<RecordRow> fresh = new ArrayList<>();
    for (Change change : commit.changes()) {
      if (change instanceof Change.CollectionPut put) {
        languages.put(put.collection().number(), put.collection().language());
      } else if (change instanceof Change.RecordPut put && put.fresh()) {
        fresh.add(put.record());
      }
    }
    addAll(current, fresh);
    commit.changes().forEach(change -> remove(current, change));
  }

  @Override
  public void publish(CommitId watermark) {
    opened().commit(new TextWatermark(watermark.timeline(), watermark.lsn(), storeId));
    textsSincePublish = 0;
    charsSincePublish = 0;
  }

  @Override
  public boolean wantsPublish() {
    return textsSincePublish >= PUBLISH_TEXTS || charsSincePublish >= PUBLISH_CHARS;
  }

  @Override
  public void verify(StateSnapshot state, Findings findings) {
    TextIndex current = opened();
    current.refresh();
    try {
      current.verify();
    } catch (CorruptStoreException e) {
      findings.add(String.valueOf(e.getMessage()));
      return;
    }
    Map<RecordKey, Long> held = new HashMap<>();
    current.forEachKey((collection, epoch, ordinal, hash) -> {
      if (held.put(new RecordKey(collection, epoch, ordinal), hash) != null) {
        findings.add("indexed twice: collection=" + collection + ", ordinal=" + ordinal);
      }
    });
    state.forEachCollection(collection ->
        state.forEachRecord(collection, false, row -> compare(held, collection, row, findings)));
    held.keySet()
        .forEach(key ->
            findings.add(
                "indexed but not stored: collection="
                    + key.collection
                    + ", ordinal="
                    + key.ordinal));
  }

  @Override
  public void close() {
    TextIndex current = index;
    if (current != null) {
      current.close();
    }
  }

  /** Hits, best first; everything applied before the call can be found. */
  List<TextHit> search(TextQuery query) {
    TextIndex current = opened();
    current.refresh();
    return current.search(query);
  }

  List<TermScore> explain(TextQuery query, int ordinal) {
    return opened().explain(query, ordinal);
  }

  /** The hash of what a visible document was made from; empty without one. */
  OptionalLong hash(int collection, int epoch, int ordinal) {
    return opened().hash(collection, epoch, ordinal);
  }

  /** How often the terms of a question occur in some documents, given in ascending order. */
  TermTable occurrences(TextQuery query, int[] ordinals) {
    TextIndex current = opened();
    current.refresh();
    return current.occurrences(query, ordinals);
  }

  /** Lets go what was deleted; in its files when it is published next. */
  void compact() {
    opened().compact();
  }

  TextStats stats() {
    return opened().stats();
  }

  private record RecordKey(int collection, int epoch, int ordinal) {}

  private static void compare(
      Map<RecordKey, Long> held, CollectionRow collection, RecordRow row, Findings findings) {
    Long hash = held.remove(new RecordKey(row.collection(), row.epoch(), row.ordinal()));
    String text = row.text();
    if (text == null) {
      if (hash != null) {
        findings.add("indexed without a text: " + place(row));
      }
    } else if (hash == null) {
      findings.add("not indexed: " + place(row));
    } else if (hash != AnalyzedText.hash(text, collection.language())) {
      findings.add("another text is indexed: " + place(row));
    }
  }

  private static String place(RecordRow row) {
    return "collection=" + row.collection() + ", ordinal=" + row.ordinal();
  }

  private void remove(TextIndex current, Change change) {
    switch (change) {
      case Change.RecordRemoved removed ->
          current.delete(removed.collection(), removed.epoch(), removed.ordinal());
      case Change.CollectionDropped dropped -> {
        current.deleteScope(dropped.collection(), 0);
        languages.remove(dropped.collection());
      }
      case Change.CollectionPut _,
          Change.RecordPut _,
          Change.SynapsePut _,
          Change.SynapseRemoved _ -> {}
    }
  }

  /** Adds rows in their order and empties the list; their texts are analysed side by side. */
  private void addAll(TextIndex current, List<RecordRow> rows) {
    Stream<RecordRow> texts = rows.stream().filter(row -> row.text() != null);
    List<AddedText> analysed =
        (rows.size() < LEAST_PARALLEL ? texts : texts.parallel())
            .map(row -> analysed(current, row))
            .toList();
    for (AddedText added : analysed) {
      RecordRow row = added.row;
      current.add(row.collection(), row.epoch(), row.ordinal(), added.terms);
      textsSincePublish++;
      charsSincePublish += Objects.requireNonNull(row.text()).length();
    }
    rows.clear();
  }

  private AddedText analysed(TextIndex current, RecordRow row) {
    String language = languages.getOrDefault(row.collection(), TextAnalysis.DEFAULT_LANGUAGE);
    return new AddedText(row, current.analyze(Objects.requireNonNull(row.text()), language));
  }

  private record AddedText(RecordRow row, AnalyzedText terms) {}

  private TextIndex emptyIndex() {
    TextIndex old = index;
    index = null;
    if (old != null) {
      old.close();
    }
    TextIndex fresh;
    if (directory == null) {
      fresh = TextIndex.inMemory();
    } else {
      TextIndex.destroy(directory);
      fresh = TextIndex.open(directory);
    }
    index = fresh;
    return fresh;
  }

  TextIndex opened() {
    TextIndex current = index;
    if (current == null) {
      throw new StaleViewException(
          "the view cannot answer yet: view=" + NAME + "; it is being rebuilt, try again later");
    }
    return current;
  }
}
