package dev.engram.internal.engine;

import dev.engram.Audit;
import dev.engram.AuditReport;
import dev.engram.AuditReport.Finding;
import dev.engram.AuditReport.Kind;
import dev.engram.Progress;
import dev.engram.RecordId;
import dev.engram.Synapse.Tier;
import dev.engram.internal.engine.LikeSearch.Like;
import dev.engram.internal.engine.LikeSearch.Subject;
import dev.engram.internal.engine.LikeSearch.Wanted;
import dev.engram.internal.engine.MemoryNotes.Note;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.engine.Synapses.Found;
import dev.engram.internal.format.ConceptLayout.Concept;
import dev.engram.internal.format.CounterKind;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.SynapseLayout;
import dev.engram.internal.log.Family;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;

/**
 * Looks through a space for what somebody may want to tidy: its memories, contents, notes, synapses
 * and what waits for vectors, some rows at a time, each part in a state of its own. Holds what it
 * lists and one part. One use; not thread-safe.
 */
final class Auditor {
  private static final int PART = 1_000;
  private static final double MILLIS_PER_DAY = Duration.ofDays(1).toMillis();

  private final Handle handle;
  private final Audit audit;
  private final Progress progress;
  private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
  private final Map<Kind, List<Finding>> listed = new EnumMap<>(Kind.class);
  private long memories;
  private long synapses;
  private long compared;
  private long seen;
  private long total;

  /** For every memory whose node is a multiple of this, near duplicates are looked for. */
  private int stride;

  Auditor(Handle handle, Audit audit, Progress progress) {
    this.handle = handle;
    this.audit = audit;
    this.progress = progress;
  }

  AuditReport run() {
    measure();
    inParts(Family.CONCEPTS, this::lookAtMemories);
    DuplicateTexts duplicates = new DuplicateTexts(this::foundDuplicates);
    inParts(Family.CONTENT, (s, part) -> duplicates.lookAt(s, entry(s), part));
    duplicates.end();
    inParts(Keys.notes(space()), Family.META, this::lookAtNotes);
    for (Tier tier : Tier.values()) {
      inParts(Synapses.family(tier), (s, part) -> lookAtSynapses(s, part, tier));
    }
    inParts(Family.PENDING, this::lookAtPending);
    progress.report(new Progress.Update("audit", seen, seen, handle.name()));
    List<Finding> findings = new ArrayList<>();
    listed.values().forEach(findings::addAll);
    return new AuditReport(memories, synapses, compared, counts, findings);
  }

  private void measure() {
    boolean _ =
        handle.read(s -> {
          int space = entry(s).number();
          long live = s.tx().counter(space, CounterKind.LIVE);
          long edges =
              s.tx().counter(space, CounterKind.SHORT_TERM)
                  + s.tx().counter(space, CounterKind.LONG_TERM);
          total = 2 * live + edges;
          // Of nodes that are gone nothing is compared, so that the sample may be smaller, never
          // larger.
          long nodes = s.tx().counter(space, CounterKind.NODES);
          stride = audit.sample() == 0 ? 0 : (int) Math.max(1, Math.ceilDiv(nodes, audit.sample()));
          return true;
        });
  }

  private void inParts(Family family, BiConsumer<Session, List<byte[]>> work) {
    inParts(Keys.collection(space()), family, work);
  }

  private void inParts(byte[] prefix, Family family, BiConsumer<Session, List<byte[]>> work) {
    long _ =
        handle.inParts(
            (s, after) -> s.tx().keysAfter(family, after, prefix, PART),
            part -> {
              boolean _ =
                  handle.read(s -> {
                    work.accept(s, part);
                    return true;
                  });
              seen += part.size();
              progress.report(
                  new Progress.Update("audit", seen, Math.max(seen, total), handle.name()));
              Handle.checkInterrupt("audit", seen);
              return part.size();
            });
  }

  private void lookAtMemories(Session s, List<byte[]> part) {
    CatalogEntry space = entry(s);
    Nodes nodes = new Nodes(s, space);
    readAhead(nodes, part.stream().map(key -> new int[] {Keys.intAt(key, 4)}).toList());
    for (byte[] key : part) {
      Concept concept = nodes.concept(Keys.intAt(key, 4));
      Stored stored = concept == null ? null : nodes.memory(Keys.intAt(key, 4));
      if (concept != null && stored != null) {
        memories++;
        lookAtMemory(s, stored, concept);
      }
    }
  }

  private void lookAtMemory(Session s, Stored stored, Concept concept) {
    long now = s.tx().now();
    if (!stored.row().times().holdsAt(now)) {
      return;
    }
    long age = now - Math.max(stored.row().createdAt(), concept.lastAccessed());
    if (concept.accessCount() <= 1 && age > audit.unusedFor().toMillis()) {
      add(Kind.NEVER_RECALLED, List.of(stored.row().id()), days(age));
    }
    if (isCompared(stored.row().node())) {
      compared++;
      compare(s, stored);
    }
  }

  private boolean isCompared(int node) {
    return stride > 0 && node % stride == 0;
  }

  /** A pair of which both are compared is found from the earlier one. */
  private void compare(Session s, Stored stored) {
    CatalogEntry space = entry(s);
    int node = stored.row().node();
    String text = Objects.requireNonNull(stored.row().text());
    String content = ContentText.normalised(text);
    Wanted others =
        SameScope.whole(stored.row().metadata())
            .and(each -> each.row().node() > node || !isCompared(each.row().node()))
            .and(each -> each.row().times().holdsAt(s.tx().now()))
            .and(each ->
                !ContentText.normalised(Objects.requireNonNull(each.row().text())).equals(content));
    Subject subject = new Subject(text, new Records(s).vector(stored));
    for (Like like : new LikeSearch(s, space).near(subject, audit.nearDuplicates(), others)) {
      List<RecordId> pair = List.of(stored.row().id(), like.memory().row().id());
      add(Kind.NEAR_DUPLICATES, pair, like.similarity());
    }
  }

  private void foundDuplicates(List<RecordId> first, long copies) {
    add(Kind.EXACT_DUPLICATES, first, (double) copies);
  }

  private void lookAtNotes(Session s, List<byte[]> part) {
    CatalogEntry space = entry(s);
    Nodes nodes = new Nodes(s, space);
    for (byte[] key : part) {
      int node = Keys.intAt(key, 5);
      byte[] row = s.tx().get(Family.META, key);
      Stored memory = nodes.memory(node);
      if (row != null && memory != null) {
        Note note = Note.decode(key, row);
        List<RecordId> id = List.of(memory.row().id());
        if (note.loops() > 0) {
          add(Kind.RECALL_LOOPS, id, (double) note.loops());
        }
        boolean ended = !memory.row().times().holdsAt(s.tx().now());
        if (note.supersederGone() > 0 && ended && !isSuperseded(s, space, node)) {
          add(Kind.SUPERSEDER_GONE, id, days(s.tx().now() - note.supersederGone()));
        }
      }
    }
  }

  /** Whether there is still something that took its place; that may have been brought back. */
  private static boolean isSuperseded(Session s, CatalogEntry space, int node) {
    boolean[] superseded = {false};
    new Synapses(s, space)
        .forEach(node, each -> superseded[0] |= each.to() == node && Superseding.isOne(each));
    return superseded[0];
  }

  private void lookAtSynapses(Session s, List<byte[]> part, Tier tier) {
    CatalogEntry space = entry(s);
    Nodes nodes = new Nodes(s, space);
    Synapses all = new Synapses(s, space);
    readAhead(nodes, part.stream().map(Auditor::ends).toList());
    for (byte[] key : part) {
      byte[] row = s.tx().get(Synapses.family(tier), key);
      if (row != null) {
        synapses++;
        boolean from = nodes.concept(Keys.intAt(key, 4)) != null;
        boolean to = nodes.concept(Keys.intAt(key, 8)) != null;
        if (!from || !to) {
          RecordId there = nodes.id(Keys.intAt(key, from ? 4 : 8));
          double weight = all.weight(new Found(key, SynapseLayout.decode(key, row)));
          add(Kind.DANGLING_SYNAPSES, there == null ? List.of() : List.of(there), weight);
        }
      }
    }
  }

  private static int[] ends(byte[] key) {
    return new int[] {Keys.intAt(key, 4), Keys.intAt(key, 8)};
  }

  /** A transaction keeps what it reads ahead; that of a user would keep the whole space. */
  private void readAhead(Nodes nodes, List<int[]> wanted) {
    if (!handle.inTransaction()) {
      nodes.readAhead(wanted);
    }
  }

  private void lookAtPending(Session s, List<byte[]> part) {
    Records records = new Records(s);
    for (byte[] key : part) {
      Stored stored = s.tx().get(Family.PENDING, key) == null ? null : records.at(key);
      if (stored != null) {
        double waited = days(s.tx().now() - stored.row().updatedAt());
        add(Kind.PENDING, List.of(stored.row().id()), waited);
      }
    }
  }

  private void add(Kind kind, List<RecordId> ids, double measure) {
    counts.merge(kind, 1L, Long::sum);
    List<Finding> known = listed.computeIfAbsent(kind, _ -> new ArrayList<>());
    if (known.size() < audit.listed()) {
      known.add(new Finding(kind, ids, measure));
    }
  }

  private static double days(long millis) {
    return millis / MILLIS_PER_DAY;
  }

  private int space() {
    return handle.read(s -> entry(s).number());
  }

  private CatalogEntry entry(Session session) {
    return session.space(handle.name());
  }
}
