package dev.engram.spi;

import dev.engram.CommitId;
import java.util.Optional;

/**
 * Something derived from the commits: an index, a cache, a copy elsewhere. The store calls one view
 * from one thread at a time and applies every commit once, in LSN order; questions to a view come
 * through its own methods and from any thread. A view that throws is marked stale, answers with a
 * {@link dev.engram.StaleViewException} and is rebuilt; it never fails a commit. It must be safe to
 * lose: whatever it stores can be rebuilt from the state.
 */
public interface View {
  /** When a commit reaches the view. */
  enum Mode {
    /** Before the commit is acknowledged, on the committing thread: be fast, do no I/O. */
    SYNCHRONOUS,
    /** Soon after, on the view's own thread. */
    LAGGING
  }

  /** A name of {@code [a-z0-9-]}, unique in the store; also that of its directory. */
  String name();

  Mode mode();

  /**
   * Whether it reads {@link RecordRow#vector}. Commits that it is given from the log lack vectors
   * where it does not, which spares reading them.
   */
  default boolean wantsVectors() {
    return true;
  }

  /**
   * Opens what the view stored before. It must not hold commits that the store has not: the store
   * compares the watermark with its log, replays what is missing and rebuilds what is ahead.
   *
   * @return the last commit that its storage holds; empty to be rebuilt
   */
  Optional<CommitId> open(ViewContext context);

  /** Forgets everything and takes over a state of the store. */
  void rebuild(StateSnapshot state);

  /** Takes over one commit, the next after the last one it has seen. */
  void apply(Commit commit);

  /**
   * Makes what was applied durable together with its watermark, in one atomic step. The store has
   * made these commits durable before it calls.
   */
  void publish(CommitId watermark);

  /** Whether about a second of replay has gathered since the last {@link #publish}. */
  boolean wantsPublish();

  /** Compares itself with the state of the same commit and tells each difference. */
  void verify(StateSnapshot state, Findings findings);

  /** Closes its storage without publishing. */
  void close();

  /** Where a check's findings go. */
  @FunctionalInterface
  interface Findings {
    /** One difference; no user content. */
    void add(String what);
  }
}
