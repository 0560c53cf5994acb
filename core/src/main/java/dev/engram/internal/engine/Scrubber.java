package dev.engram.internal.engine;

import dev.engram.CancelledException;
import dev.engram.ClosedException;
import dev.engram.Stats.ScrubStats;
import dev.engram.internal.engine.Journal.Scrubbed;
import dev.engram.internal.engine.StoredFiles.Stored;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads all files of an open store in the order of their paths, again and again, slowly, on a
 * thread of its own, and compares their checksums. It goes on where it was when the store was
 * closed. Thread-safe, but for {@link #step}.
 */
final class Scrubber implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Scrubber.class.getName());

  /** Between two passes, and after a failure. */
  private static final Duration REST = Duration.ofMinutes(1);

  /** How often it is written how far it is. */
  private static final Duration NOTED = Duration.ofMinutes(1);

  /** Files that are looked for at once. */
  private static final int AHEAD = 64;

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final OpenStore store;
  private final Journal journal;
  private final @Nullable StoredFiles files;
  private final long bytesPerSecond;
  private final @Nullable Thread thread;
  private final Deque<Stored> ahead = new ArrayDeque<>();
  private final AtomicLong filesRead = new AtomicLong();
  private final AtomicLong bytesRead = new AtomicLong();
  private long notedAt = System.nanoTime();

  Scrubber(OpenStore store, Journal journal) {
    this.store = store;
    this.journal = journal;
    Path directory = store.directory();
    this.files = directory == null ? null : new StoredFiles(directory, store.log());
    this.bytesPerSecond = store.config().maintenance().scrubBytesPerSecond();
    this.thread =
        files == null || bytesPerSecond == 0
            ? null
            : Thread.ofPlatform().daemon().name("engram-scrubber").unstarted(this::run);
  }

  void start() {
    if (thread != null) {
      thread.start();
    }
  }

  private void run() {
    try {
      while (true) {
        if (!attempt()) {
          Thread.sleep(REST);
        }
      }
    } catch (InterruptedException | CancelledException | ClosedException e) {
      LOG.log(System.Logger.Level.DEBUG, "scrubbing ends", e);
    }
  }

  /** False where it is time to rest. */
  private boolean attempt() {
    try {
      return step(this::pace);
    } catch (CancelledException | ClosedException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "scrubbing failed and goes on later", e);
      return false;
    }
  }

  /** So many bytes were read: rests as long as they may take. */
  private void pace(long bytes) {
    try {
      Thread.sleep(Duration.ofNanos((long) ((double) bytes / bytesPerSecond * NANOS_PER_SECOND)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException("the store is being closed", e);
    }
  }

  /**
   * Reads the next file.
   *
   * @return false where there was none: the pass has ended
   */
  boolean step(LongConsumer pace) {
    if (files == null) {
      return false;
    }
    Scrubbed reached = journal.scrubbed();
    if (ahead.isEmpty()) {
      files.list().stream()
          .filter(file -> file.path().compareTo(reached.after()) > 0)
          .limit(AHEAD)
          .forEach(ahead::addLast);
    }
    Stored next = ahead.pollFirst();
    if (next == null) {
      endPass(files, reached);
      return false;
    }
    String problem =
        files.problem(
            next,
            true,
            bytes -> {
              long _ = bytesRead.addAndGet(bytes);
              pace.accept(bytes);
            });
    long _ = filesRead.incrementAndGet();
    Map<String, String> damaged = new TreeMap<>(reached.damaged());
    note(next, problem, damaged);
    boolean durably = !problem.isEmpty() || System.nanoTime() - notedAt > NOTED.toNanos();
    notedAt = durably ? System.nanoTime() : notedAt;
    journal.note(new Scrubbed(reached.passes(), reached.lastPass(), next.path(), damaged), durably);
    return true;
  }

  private static void note(Stored file, String problem, Map<String, String> damaged) {
    if (problem.isEmpty()) {
      damaged.remove(file.path());
    } else if (damaged.put(file.path(), problem) == null) {
      LOG.log(
          System.Logger.Level.ERROR,
          "a file is damaged: file="
              + file.path()
              + ", why="
              + problem
              + "; "
              + StoredFiles.mend(file.path()));
    }
  }

  private void endPass(StoredFiles files, Scrubbed reached) {
    Map<String, String> damaged = new TreeMap<>(reached.damaged());
    damaged.keySet().retainAll(files.list().stream().map(Stored::path).toList());
    long now = store.config().clock().millis();
    journal.note(new Scrubbed(reached.passes() + 1, now, "", damaged), true);
  }

  ScrubStats stats() {
    Scrubbed reached = journal.scrubbed();
    return new ScrubStats(
        bytesPerSecond,
        reached.passes(),
        reached.lastPass() == 0
            ? Optional.empty()
            : Optional.of(Instant.ofEpochMilli(reached.lastPass())),
        filesRead.get(),
        bytesRead.get(),
        reached.damaged());
  }

  /** Ends what is being read, and waits for that. */
  @Override
  public void close() {
    if (thread == null) {
      return;
    }
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
