package dev.engram.internal.log;

import dev.engram.OutcomeUnknownException;
import dev.engram.StorageException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.rocksdb.AbstractEventListener;
import org.rocksdb.BackgroundErrorReason;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** Remembers the first failed write; every later one is refused. Thread-safe. */
final class WriteFailure extends AbstractEventListener {
  private final AtomicReference<@Nullable String> reason = new AtomicReference<>();

  WriteFailure() {
    super(EnabledEventCallback.ON_BACKGROUND_ERROR);
  }

  @Override
  public void onBackgroundError(BackgroundErrorReason why, @Nullable Status status) {
    String state = status == null ? null : status.getState();
    reason.compareAndSet(null, why + (state == null ? "" : ": " + state));
  }

  OutcomeUnknownException unknown(RocksDBException e) {
    reason.compareAndSet(null, String.valueOf(e.getMessage()));
    return new OutcomeUnknownException(
        "a write to the log failed: why="
            + e.getMessage()
            + "; it may be there after reopening; reopen the store and retry with the same"
            + " idempotency key",
        e);
  }

  /** What failed; null where nothing has. */
  @Nullable String reason() {
    return reason.get();
  }

  void check() {
    String why = reason.get();
    if (why != null) {
      throw new StorageException(
          "the store has stopped writing after an error: why=" + why + "; close it and reopen");
    }
  }
}
