package dev.engram;

/**
 * Listens to a long operation, on the thread that runs it. To cancel, throw {@link
 * CancelledException} from the listener or interrupt the thread.
 */
@FunctionalInterface
public interface Progress {
  /** A listener that does nothing. */
  Progress NONE = update -> {};

  /** Told now and then, and once at the end. */
  void report(Update update);

  /**
   * How far an operation is.
   *
   * @param operation its name, such as {@code import}
   * @param current units done
   * @param total units in all, or -1 while unknown
   * @param message what is being done, for people
   */
  record Update(String operation, long current, long total, String message) {
    /** Share done, 0 to 100, or -1 while unknown. */
    public double percentage() {
      return total <= 0 ? -1 : 100.0 * current / total;
    }
  }
}
