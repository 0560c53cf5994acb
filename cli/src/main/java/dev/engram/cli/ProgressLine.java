package dev.engram.cli;

import dev.engram.Progress;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/**
 * One line on stderr that follows a long operation. Silent for its first second, and altogether
 * where nobody sits at a terminal or wants quiet. Not thread-safe.
 */
final class ProgressLine implements Progress, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final Duration INTERVAL = Duration.ofMillis(200);
  private static final String CLEAR = "\r\u001b[K";

  private final PrintStream err;
  private final boolean wanted;
  private final InstantSource clock;
  private final Instant start;
  private Instant next;
  private boolean shown;

  ProgressLine(PrintStream err, boolean wanted, InstantSource clock) {
    this.err = err;
    this.wanted = wanted;
    this.clock = clock;
    this.start = clock.instant();
    this.next = start.plus(PATIENCE);
  }

  /** The launcher knows whether stderr is a terminal; the JVM only of stdin and stdout. */
  static ProgressLine of(Cli cli) {
    java.io.Console terminal = cli.quiet ? null : System.console();
    boolean atTerminal = terminal != null && terminal.isTerminal();
    boolean wanted = atTerminal || (!cli.quiet && Boolean.getBoolean("engram.terminal"));
    return new ProgressLine(cli.console().err(), wanted, InstantSource.system());
  }

  @Override
  public void report(Update update) {
    Instant now = clock.instant();
    if (!wanted || now.isBefore(next)) {
      return;
    }
    next = now.plus(INTERVAL);
    shown = true;
    double seconds = Duration.between(start, now).toMillis() / 1000.0;
    String share =
        update.percentage() < 0
            ? String.format(Locale.ROOT, "%,d", update.current())
            : String.format(
                Locale.ROOT,
                "%,d of %,d, %.0f %%",
                update.current(),
                update.total(),
                update.percentage());
    err.printf(
        Locale.ROOT,
        "%s%s: %s, %,.0f/s",
        CLEAR,
        update.operation(),
        share,
        update.current() / seconds);
    err.flush();
  }

  /** Wipes the line. */
  @Override
  public void close() {
    if (shown) {
      err.print(CLEAR);
      err.flush();
    }
  }
}
