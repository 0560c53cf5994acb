package dev.engram.internal.engine;

/**
 * Closes a store when the process ends in an orderly way, by {@link System#exit} or a signal. It is
 * more than tidiness: RocksDB's threads, which must end before the process can, call back into the
 * JVM where a write fails, and would wait for ever for one that is going down.
 */
final class AtExit {
  private final Thread hook;

  private AtExit(Thread hook) {
    this.hook = hook;
  }

  /** From now on; does nothing where the process is ending already. */
  static AtExit run(Runnable close) {
    Thread hook = new Thread(close, "engram-exit");
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException e) {
      System.getLogger(AtExit.class.getName())
          .log(System.Logger.Level.DEBUG, "the process is ending; close the store", e);
    }
    return new AtExit(hook);
  }

  /** The store is closed; does nothing where the process is ending. */
  void cancel() {
    try {
      boolean _ = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      System.getLogger(AtExit.class.getName())
          .log(System.Logger.Level.DEBUG, "closed while the process ends", e);
    }
  }
}
