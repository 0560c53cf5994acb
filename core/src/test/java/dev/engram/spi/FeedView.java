package dev.engram.spi;

import dev.engram.CommitId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** Writes down every commit it is given, from the first one on. Thread-safe. */
public final class FeedView implements View {
  private final Mode mode;
  private final List<String> commits = new ArrayList<>();
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch gate;

  private FeedView(Mode mode, CountDownLatch gate) {
    this.mode = mode;
    this.gate = gate;
  }

  static FeedView of(Mode mode) {
    return new FeedView(mode, new CountDownLatch(0));
  }

  /** Holds up the first commit with a record, and with it its thread, until it is released. */
  static FeedView thatWaits() {
    return new FeedView(Mode.SYNCHRONOUS, new CountDownLatch(1));
  }

  void awaitRecord() throws InterruptedException {
    reached.await();
  }

  void release() {
    gate.countDown();
  }

  synchronized List<String> commits() {
    return List.copyOf(commits);
  }

  @Override
  public String name() {
    return "feed";
  }

  @Override
  public Mode mode() {
    return mode;
  }

  @Override
  public Optional<CommitId> open(ViewContext context) {
    return Optional.of(new CommitId(1, 0));
  }

  @Override
  public void rebuild(StateSnapshot state) {
    throw new AssertionError("the log still holds every commit");
  }

  @Override
  public void apply(Commit commit) {
    if (commit.changes().stream().anyMatch(Change.RecordPut.class::isInstance)) {
      await();
    }
    synchronized (this) {
      commits.add(commit.id() + " " + commit.time());
      commit.changes().forEach(change -> commits.add(written(change)));
    }
  }

  private void await() {
    reached.countDown();
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** With the components of a vector, which a record's own text does not show. */
  private static String written(Change change) {
    return change instanceof Change.RecordPut put
        ? put.fresh() + " " + written(put.record())
        : change.toString();
  }

  private static String written(RecordRow row) {
    String vector = Arrays.toString(row.vector());
    return new RecordRow(
            row.collection(),
            row.epoch(),
            row.ordinal(),
            row.id(),
            row.text(),
            row.metadata(),
            null,
            row.hasVector(),
            row.expiresAtMillis(),
            row.createdAtMillis(),
            row.occurredAtMillis(),
            row.validFromMillis(),
            row.validUntilMillis(),
            row.node())
        + vector;
  }

  @Override
  public void publish(CommitId watermark) {}

  @Override
  public boolean wantsPublish() {
    return false;
  }

  @Override
  public void verify(StateSnapshot state, Findings findings) {}

  @Override
  public void close() {}
}
