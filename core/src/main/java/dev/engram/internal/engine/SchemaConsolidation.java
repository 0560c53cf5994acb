package dev.engram.internal.engine;

import dev.engram.Progress;
import dev.engram.SchemaReport;
import dev.engram.internal.engine.Records.Stored;
import dev.engram.internal.engine.Synapses.Found;
import dev.engram.internal.format.CounterKind;
import dev.engram.internal.format.Digest;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.SchemaLayout.Run;
import dev.engram.internal.format.SynapseLayout;
import dev.engram.internal.graph.Patterns;
import dev.engram.internal.log.Family;
import dev.engram.internal.text.TextAnalysis;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Strengthens what fits into what is known: goes through the long-term synapses of a space twice,
 * first to find the patterns that are strong, then to strengthen, some synapses in each commit.
 * What is strong, and how far it has come, is kept in the store, so that one that was interrupted
 * is gone on with. Holds the patterns and the words of some memories. One use; not thread-safe.
 */
final class SchemaConsolidation {
  /** Of a memory with more words only the first count. */
  private static final int MOST_TERMS = 64;

  /** Memories whose words are held, so that those of a neighbour are not looked for again. */
  private static final int MOST_HELD = 10_000;

  /** What is learned of a pattern, beside what is learned usually. */
  private static final double SHARE = .5;

  private final Handle handle;
  private final Progress progress;
  private final TextAnalysis analysis = new TextAnalysis();
  private final Map<Integer, long[]> held =
      new LinkedHashMap<>(16, .75F, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, long[]> eldest) {
          return size() > MOST_HELD;
        }
      };

  private long seen;

  SchemaConsolidation(Handle handle, Progress progress) {
    this.handle = handle;
    this.progress = progress;
  }

  /** What is under way, and what it found strong. */
  private record Begun(long run, long seen, Patterns strong) {}

  /** What one commit did. */
  private record Step(int strengthened, int seen, boolean more) {}

  SchemaReport run() {
    long total = 2 * handle.read(s -> s.tx().counter(entry(s).number(), CounterKind.LONG_TERM));
    if (handle.read(s -> progress(s).find() == null)) {
      begin(total);
    }
    return handle
        .read(this::begun)
        .map(begun -> new SchemaReport(begun.strong.strong(), strengthen(begun, total)))
        .orElse(new SchemaReport(0, 0));
  }

  /** Looks for the patterns that are strong. */
  private void begin(long total) {
    Patterns patterns = new Patterns();
    long counted =
        handle.inParts(
            this::keys,
            part -> {
              int done = handle.read(s -> count(s, part, patterns));
              advance(done, total);
              return done;
            });
    long[] strong = patterns.strongOnes();
    if (strong.length > 0) {
      boolean _ =
          handle.write(s -> {
            progress(s).begin(strong, counted);
            return true;
          });
    }
  }

  private Optional<Begun> begun(Session s) {
    SchemaProgress own = progress(s);
    return Optional.ofNullable(own.find())
        .map(run -> new Begun(run.run(), run.seen(), own.patterns()));
  }

  private long strengthen(Begun begun, long total) {
    seen = begun.seen;
    long strengthened = 0;
    boolean more = true;
    while (more) {
      Step step = handle.write(s -> step(s, begun));
      strengthened += step.strengthened;
      more = step.more;
      advance(step.seen, total);
    }
    return strengthened;
  }

  private void advance(int more, long total) {
    seen += more;
    progress.report(new Progress.Update("consolidate schemas", seen, total, handle.name()));
    Handle.checkInterrupt("consolidate schemas", seen);
  }

  /** Strengthens some, after those that were strengthened before. */
  private Step step(Session s, Begun begun) {
    SchemaProgress own = progress(s);
    Run run = own.find();
    if (run == null || run.run() != begun.run) {
      return new Step(0, 0, false);
    }
    List<byte[]> part = keys(s, run.reached());
    int strengthened = strengthen(s, part, begun.strong);
    boolean more = part.size() >= s.state(entry(s)).dynamics().batch();
    if (more) {
      own.put(run.to(part.getLast(), part.size()));
    } else {
      own.finish();
    }
    return new Step(strengthened, part.size(), more);
  }

  private List<byte[]> keys(Session s, byte[] after) {
    CatalogEntry space = entry(s);
    int batch = s.state(space).dynamics().batch();
    return s.tx().keysAfter(Family.LONG_TERM, after, Keys.collection(space.number()), batch);
  }

  /** Visits synapses, with the words at their ends. */
  private interface Visitor {
    void visit(Found synapse, long[] from, long[] to);
  }

  private int count(Session s, List<byte[]> part, Patterns patterns) {
    Synapses synapses = new Synapses(s, entry(s));
    forEach(s, part, (synapse, from, to) -> patterns.add(from, to, synapses.weight(synapse)));
    return part.size();
  }

  private int strengthen(Session s, List<byte[]> part, Patterns patterns) {
    CatalogEntry space = entry(s);
    Synapses synapses = new Synapses(s, space);
    double rate = SHARE * s.state(space).dynamics().learningRate();
    int[] strengthened = {0};
    forEach(
        s,
        part,
        (synapse, from, to) -> {
          if (patterns.isStrong(from, to)) {
            Found _ = synapses.strengthen(synapse, rate);
            strengthened[0]++;
          }
        });
    return strengthened[0];
  }

  /** Visits those that are still there, in the long term, and have not faded away. */
  private void forEach(Session s, List<byte[]> part, Visitor visitor) {
    CatalogEntry space = entry(s);
    Synapses synapses = new Synapses(s, space);
    Nodes nodes = new Nodes(s, space);
    s.tx().readAhead(Family.LONG_TERM, part);
    nodes.readAhead(part.stream().map(SchemaConsolidation::ends).toList());
    for (byte[] key : part) {
      byte[] row = s.tx().get(Family.LONG_TERM, key);
      Found found = row == null ? null : new Found(key, SynapseLayout.decode(key, row));
      if (found != null && synapses.weight(found) > 0) {
        visitor.visit(found, terms(space, nodes, found.from()), terms(space, nodes, found.to()));
      }
    }
  }

  private static int[] ends(byte[] key) {
    return new int[] {Keys.intAt(key, 4), Keys.intAt(key, 8)};
  }

  /** Hashes of the words of a memory, ascending; none where it is gone. */
  private long[] terms(CatalogEntry space, Nodes nodes, int node) {
    long[] known = held.get(node);
    if (known == null) {
      Stored memory = nodes.memory(node);
      known = memory == null ? new long[0] : terms(space, memory);
      held.put(node, known);
    }
    return known;
  }

  private long[] terms(CatalogEntry space, Stored memory) {
    String text = Objects.requireNonNull(memory.row().text());
    return analysis.analyze(text, space.descriptor().language()).terms().stream()
        .limit(MOST_TERMS)
        .mapToLong(Digest::longOf)
        .sorted()
        .toArray();
  }

  private SchemaProgress progress(Session session) {
    return new SchemaProgress(session, entry(session));
  }

  private CatalogEntry entry(Session session) {
    return session.space(handle.name());
  }
}
