package dev.engram.internal.recall;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What was said one after the other: for each memory of a space its session, its speaker, when it
 * was, what its text shows ({@link Cues}), and its neighbours in its session.
 *
 * <p><b>Thread-safety.</b> Any number of readers; changes exclude them and one another. A reader
 * that needs several answers that fit together asks within {@link #reading}.
 *
 * <p><b>How it is kept.</b> Columns of numbers by node, because nodes are dense, given in the order
 * of learning, and stay when a text changes; and one column that leads from ordinals to nodes:
 * {@value #BYTES_PER_NODE} bytes a memory. The memories of one session are a chain in the order of
 * their nodes. A new memory is appended to its chain; one that comes late is put in its place,
 * which costs a walk along the chain, or to the nearest node of its session, whichever is shorter.
 *
 * <p><b>What it does not do.</b> It keeps no text, no file, and no memory of nodes that are gone
 * but their empty rows. Names of sessions and speakers stay until it is let go.
 */
public final class Chronicle {
  /** There is no such ordinal, node, session or speaker. */
  public static final int NONE = -1;

  static final int BYTES_PER_NODE = 33;
  private static final int BYTES_PER_ORDINAL = 4;
  private static final int BYTES_PER_LIMITED = 100;

  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final Cues cues;
  private final SessionTable sessions = new SessionTable();
  private final SpeakerTable speakers = new SpeakerTable();
  private final MomentBlocks blocks = new MomentBlocks();
  private int[] ordinalOf = new int[0];
  private int[] sessionOf = new int[0];
  private int[] speakerOf = new int[0];
  private int[] previous = new int[0];
  private int[] next = new int[0];
  private long[] momentOf = new long[0];
  private byte[] cuesOf = new byte[0];
  private int[] nodeOf = new int[0];
  private int nodes;
  private int live;
  private boolean loading;

  /** The few ordinals that hold only for a time. */
  private final Map<Integer, Validity> limited = new HashMap<>();

  public Chronicle(Cues cues) {
    this.cues = cues;
  }

  /**
   * What is known of a memory.
   *
   * @param ordinal of its record
   * @param node of its concept
   * @param session what sets its session apart from all others; null where it has none
   * @param speaker who said it; null where nobody is named
   * @param momentMillis when it was
   * @param text what was said
   * @param validity when it holds
   */
  public record Entry(
      int ordinal,
      int node,
      @Nullable String session,
      @Nullable String speaker,
      long momentMillis,
      String text,
      Validity validity) {}

  /**
   * When something holds, milliseconds since the epoch.
   *
   * @param until the first moment at which it does not hold any more
   */
  public record Validity(long from, long until) {
    /** Always. */
    public static final Validity ALWAYS = new Validity(Long.MIN_VALUE, Long.MAX_VALUE);

    boolean holdsAt(long millis) {
      return from <= millis && millis < until;
    }
  }

  /** Sets what is known of a node; whatever was known before is forgotten. */
  public void put(Entry entry) {
    int shown = cues.shownBy(entry.text());
    lock.writeLock().lock();
    try {
      place(entry, (byte) shown);
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Forgets an ordinal, and its node unless that has another one by now. */
  public void remove(int ordinal) {
    lock.writeLock().lock();
    try {
      int node = nodeAt(ordinal);
      if (node != NONE) {
        nodeOf[ordinal] = NONE;
        clear(node);
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Runs changes that readers are to see all at once. */
  public void atomically(Runnable changes) {
    lock.writeLock().lock();
    try {
      changes.run();
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Puts many at once, in any order of nodes, into an empty chronicle. */
  public void load(Runnable puts) {
    lock.writeLock().lock();
    try {
      loading = true;
      puts.run();
      loading = false;
      for (int node = 0; node < nodes; node++) {
        if (ordinalOf[node] != NONE) {
          link(node);
        }
      }
    } finally {
      loading = false;
      lock.writeLock().unlock();
    }
  }

  /** Answers that belong together. */
  public <T> T reading(Supplier<T> questions) {
    lock.readLock().lock();
    try {
      return questions.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  /** The node of an ordinal, or {@link #NONE}. */
  public int nodeAt(int ordinal) {
    return ordinal < nodeOf.length ? nodeOf[ordinal] : NONE;
  }

  /** The ordinal of a node, or {@link #NONE}. */
  public int ordinal(int node) {
    return node >= 0 && node < nodes ? ordinalOf[node] : NONE;
  }

  /** The number of a node's session, or {@link #NONE}. */
  public int session(int node) {
    return sessionOf[node];
  }

  /** The number of a node's speaker, or {@link #NONE}. */
  public int speaker(int node) {
    return speakerOf[node];
  }

  /** When it was, milliseconds since the epoch. */
  public long moment(int node) {
    return momentOf[node];
  }

  /** The {@link Cues} of its text. */
  public int cues(int node) {
    return cuesOf[node];
  }

  /** What was said before it in its session, or {@link #NONE}. */
  public int before(int node) {
    return previous[node];
  }

  /** What was said after it in its session, or {@link #NONE}. */
  public int after(int node) {
    return next[node];
  }

  /** How many memories there are. */
  public int size() {
    return reading(() -> live);
  }

  /** The sessions that have memories. */
  public int sessionCount() {
    return sessions.count();
  }

  /** The memories that have a session. */
  public int inSessions() {
    return sessions.members();
  }

  /** The memory of a session that was learned last, or {@link #NONE}. */
  public int lastOf(String session) {
    return sessions.lastOf(session);
  }

  /** How many memories a session has. */
  public int sessionSize(int session) {
    return sessions.size(session);
  }

  /** The speakers that have memories. */
  public SpeakerTable speakers() {
    return speakers;
  }

  /** Gives every ordinal, in the order of learning. */
  public void forEachOrdinal(IntConsumer action) {
    for (int node = 0; node < nodes; node++) {
      if (ordinalOf[node] != NONE) {
        action.accept(ordinalOf[node]);
      }
    }
  }

  /** Ordinals of some moments. */
  public BitSet ordinalsOf(Moments moments) {
    return reading(() -> {
      BitSet found = new BitSet(nodeOf.length);
      for (int from = 0; from < nodes; from += MomentBlocks.BLOCK) {
        if (blocks.mayHold(from, moments)) {
          addOrdinals(found, moments, from, Math.min(nodes, from + MomentBlocks.BLOCK));
        }
      }
      return found;
    });
  }

  /** Ordinals that do not hold at a moment, milliseconds since the epoch. */
  public int[] notHoldingAt(long millis) {
    return reading(() ->
        limited.entrySet().stream()
            .filter(each -> !each.getValue().holdsAt(millis))
            .mapToInt(Map.Entry::getKey)
            .toArray());
  }

  private void addOrdinals(BitSet found, Moments moments, int from, int until) {
    for (int node = from; node < until; node++) {
      if (ordinalOf[node] != NONE && moments.has(momentOf[node])) {
        found.set(ordinalOf[node]);
      }
    }
  }

  /** Heap that it takes, about. */
  public long bytes() {
    return reading(() ->
        (long) BYTES_PER_NODE * ordinalOf.length
            + (long) BYTES_PER_ORDINAL * nodeOf.length
            + (long) BYTES_PER_LIMITED * limited.size()
            + sessions.bytes()
            + blocks.bytes()
            + speakers.bytes());
  }

  /**
   * What it holds of an ordinal, for comparison with what it ought to; null where it is not there.
   */
  public @Nullable String describe(int ordinal) {
    return reading(() -> {
      int node = nodeAt(ordinal);
      return node == NONE
          ? null
          : node
              + " in "
              + sessions.name(sessionOf[node])
              + " by "
              + speakers.name(speakerOf[node])
              + " at "
              + momentOf[node]
              + " shows "
              + cuesOf[node]
              + " holds "
              + limited.getOrDefault(ordinal, Validity.ALWAYS)
              + " between "
              + previous[node]
              + " and "
              + next[node];
    });
  }

  private void place(Entry entry, byte shown) {
    int node = entry.node();
    makeRoom(entry.ordinal(), node);
    if (ordinalOf[node] != NONE) {
      nodeOf[ordinalOf[node]] = NONE;
      clear(node);
    }
    ordinalOf[node] = entry.ordinal();
    nodeOf[entry.ordinal()] = node;
    sessionOf[node] = sessions.number(entry.session());
    speakerOf[node] = speakers.enter(entry.speaker());
    momentOf[node] = entry.momentMillis();
    blocks.add(node, entry.momentMillis());
    cuesOf[node] = shown;
    if (!entry.validity().equals(Validity.ALWAYS)) {
      limited.put(entry.ordinal(), entry.validity());
    }
    live++;
    if (!loading) {
      link(node);
    }
  }

  private void clear(int node) {
    unlink(node);
    limited.remove(ordinalOf[node]);
    speakers.leave(speakerOf[node]);
    ordinalOf[node] = NONE;
    live--;
  }

  private void link(int node) {
    int session = sessionOf[node];
    int after = NONE;
    int before = session == NONE ? NONE : sessions.last(session);
    int near = node - 1;
    while (before > node && !isOf(session, near)) {
      after = before;
      before = previous[before];
      near--;
    }
    if (before > node) {
      before = near;
      after = next[near];
    }
    previous[node] = before;
    next[node] = after;
    if (before != NONE) {
      next[before] = node;
    }
    if (after != NONE) {
      previous[after] = node;
    }
    if (session != NONE) {
      sessions.joined(session, after == NONE ? node : sessions.last(session));
    }
  }

  private boolean isOf(int session, int node) {
    return ordinal(node) != NONE && sessionOf[node] == session;
  }

  private void unlink(int node) {
    int session = sessionOf[node];
    if (session == NONE || loading) {
      return;
    }
    int before = previous[node];
    int after = next[node];
    if (before != NONE) {
      next[before] = after;
    }
    if (after != NONE) {
      previous[after] = before;
    }
    sessions.left(session, after == NONE ? before : sessions.last(session));
  }

  private void makeRoom(int ordinal, int node) {
    nodeOf = grown(nodeOf, ordinal);
    if (node >= ordinalOf.length) {
      ordinalOf = grown(ordinalOf, node);
      sessionOf = grown(sessionOf, node);
      speakerOf = grown(speakerOf, node);
      previous = grown(previous, node);
      next = grown(next, node);
      momentOf = Arrays.copyOf(momentOf, ordinalOf.length);
      cuesOf = Arrays.copyOf(cuesOf, ordinalOf.length);
    }
    nodes = Math.max(nodes, node + 1);
  }

  /** The column with room for an index; what is new holds {@link #NONE}. */
  private static int[] grown(int[] column, int index) {
    if (index < column.length) {
      return column;
    }
    int[] larger = Arrays.copyOf(column, Math.max(index + 1, index + (index >> 2) + 8));
    Arrays.fill(larger, column.length, larger.length, NONE);
    return larger;
  }
}
