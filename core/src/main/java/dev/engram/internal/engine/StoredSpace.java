package dev.engram.internal.engine;

import dev.engram.CollectionInfo;
import dev.engram.EngramException;
import dev.engram.Learning;
import dev.engram.Memory;
import dev.engram.MemorySpace;
import dev.engram.MetadataPatch;
import dev.engram.Page;
import dev.engram.Progress;
import dev.engram.Recall;
import dev.engram.Recollection;
import dev.engram.RecordId;
import dev.engram.Scan;
import dev.engram.Synapse;
import dev.engram.WhyNot;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.format.Keys;
import dev.engram.internal.log.Family;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A memory space by its name, in a transaction or not. Thread-safe outside a transaction. */
final class StoredSpace implements MemorySpace {
  /** Memories that are embedded in one commit. */
  private static final int EMBED_BATCH = 256;

  /** Texts that may fail beyond those that succeed before the embedder counts as away. */
  private static final int PATIENCE = 2;

  private final Handle handle;

  StoredSpace(OpenStore store, String name, @Nullable Session session) {
    this.handle = new Handle(store, name, session);
  }

  @Override
  public String name() {
    return handle.name();
  }

  @Override
  public CollectionInfo info() {
    return handle.info(this::entry);
  }

  @Override
  public Memory learn(Learning learning) {
    return learn(List.of(learning)).getFirst();
  }

  @Override
  public List<Memory> learn(List<Learning> learnings) {
    return handle.write(s -> new Memories(s).learn(handle.name(), learnings));
  }

  @Override
  public long learnAll(Iterator<Learning> learnings, Progress progress) {
    return handle.stream(
        "learn",
        learnings,
        handle.store().embedder() != null ? Handle.EMBEDDED_BATCH_ITEMS : Handle.BATCH_ITEMS,
        progress,
        l -> 64 + l.text().length() + l.metadata().encodedBytes(),
        (s, batch) -> new Memories(s).learn(handle.name(), batch));
  }

  @Override
  public Optional<Memory> get(RecordId id) {
    return handle.read(s -> Optional.ofNullable(new Memories(s).get(entry(s), id)));
  }

  @Override
  public boolean update(RecordId id, String text) {
    return handle.write(s -> new Memories(s).update(handle.name(), id, text));
  }

  @Override
  public boolean update(RecordId id, MetadataPatch patch) {
    return handle.write(s -> new Memories(s).update(entry(s), id, patch));
  }

  @Override
  public boolean forget(RecordId id) {
    return handle.write(s -> new Memories(s).forget(entry(s), id));
  }

  @Override
  public Synapse associate(RecordId from, RecordId to, String relation) {
    return handle.write(s -> {
      CatalogEntry space = entry(s);
      Memories memories = new Memories(s);
      Stored start = memories.require(space, from);
      Stored end = memories.require(space, to);
      return new Synapses(s).associate(space, start, end, relation);
    });
  }

  @Override
  public List<Synapse> neighbours(RecordId id) {
    return handle.read(s -> {
      CatalogEntry space = entry(s);
      return new Synapses(s).of(space, new Memories(s).require(space, id));
    });
  }

  @Override
  public List<Recollection> recall(Recall recall) {
    CatalogEntry space = handle.read(this::entry);
    Recaller recaller = handle.store().recaller();
    RecallQuestion question = recaller.question(space, recall);
    long began = System.nanoTime();
    List<Recollection> found = recaller.recall(question);
    handle.store().searchMeter().answered(began);
    return found;
  }

  @Override
  public WhyNot whyNot(RecordId id, Recall recall) {
    Recaller recaller = handle.store().recaller();
    return recaller.whyNot(recaller.question(handle.read(this::entry), recall), id);
  }

  @Override
  public Page<Memory> scan(Scan scan) {
    return handle.read(s -> {
      CatalogEntry space = entry(s);
      Memories memories = new Memories(s);
      return handle.scan(scan, space, s, stored -> memories.memory(space, stored));
    });
  }

  @Override
  public long count() {
    return handle.read(s -> handle.count(s, entry(s)));
  }

  @Override
  public long pending() {
    return handle.read(s -> (long) pendingKeys(s, Integer.MAX_VALUE).size());
  }

  @Override
  public long embedPending(Progress progress) {
    if (handle.store().embedder() == null) {
      return 0;
    }
    long total = pending();
    long done = 0;
    int embedded = embedSome();
    while (embedded > 0) {
      done += embedded;
      progress.report(new Progress.Update("embed", done, total, handle.name()));
      embedded = embedSome();
    }
    return done;
  }

  /** Embeds a batch of the pending memories; returns how many. */
  int embedSome() {
    List<byte[]> keys = handle.read(s -> pendingKeys(s, EMBED_BATCH));
    if (keys.isEmpty()) {
      return 0;
    }
    try {
      return embed(keys);
    } catch (EngramException e) {
      return embedOneByOne(keys, e);
    }
  }

  /** So that one text that the embedder refuses does not keep the others from being embedded. */
  private int embedOneByOne(List<byte[]> keys, EngramException failure) {
    int embedded = 0;
    int failed = 0;
    for (byte[] key : keys) {
      try {
        embedded += embed(List.of(key));
      } catch (EngramException e) {
        failed++;
      }
      if (failed > embedded + PATIENCE) {
        break;
      }
    }
    if (embedded == 0) {
      throw failure;
    }
    return embedded;
  }

  private int embed(List<byte[]> keys) {
    return handle.write(s -> new Memories(s).embed(handle.name(), keys));
  }

  private List<byte[]> pendingKeys(Session session, int limit) {
    byte[] prefix = Keys.collection(entry(session).number());
    List<byte[]> keys = new ArrayList<>();
    session
        .tx()
        .scan(
            Family.PENDING,
            prefix,
            prefix,
            (key, value) -> {
              keys.add(key);
              return keys.size() < limit;
            });
    return keys;
  }

  private CatalogEntry entry(Session session) {
    return session.space(handle.name());
  }
}
