package dev.engram.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A child process on the same Java and class path, for those who end a process at a bad moment. It
 * prints its acknowledgements, one a line, to standard output (and must flush them); the lines that
 * came before its death are never lost. Thread-safe.
 *
 * <p>No child outlives its {@link #close()}, nor this JVM. It does not restart anything and does
 * not look at exit codes.
 */
public final class ChildJvm implements AutoCloseable {
  private static final Duration DEATH_TIMEOUT = Duration.ofSeconds(30);
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
  }

  private final Process process;
  private final Lines output;
  private final Lines errors;

  private ChildJvm(Process process) {
    this.process = process;
    RUNNING.add(process);
    output = new Lines(process.inputReader());
    errors = new Lines(process.errorReader());
  }

  /**
   * Starts a main class that this JVM's class path holds, tuned for a short life.
   *
   * @param environment added to this process's environment
   */
  public static ChildJvm start(
      Class<?> main, List<String> arguments, Map<String, String> environment) {
    return start(main, arguments, environment, List.of());
  }

  /** The same, with further JVM flags; they come last and so win. */
  public static ChildJvm start(
      Class<?> main, List<String> arguments, Map<String, String> environment, List<String> flags) {
    return start(List.of(), main, arguments, environment, flags);
  }

  /**
   * The same, run by another command.
   *
   * @param within words before those that start Java
   */
  public static ChildJvm start(
      List<String> within,
      Class<?> main,
      List<String> arguments,
      Map<String, String> environment,
      List<String> flags) {
    List<String> command = new ArrayList<>(within);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("--enable-native-access=ALL-UNNAMED", "--add-modules=jdk.incubator.vector", "-ea"));
    // A child lives for a second: a cheap collector and compiler start sooner, and no file of
    // performance data stays behind when it is killed.
    command.addAll(
        List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xmx256m"));
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    try {
      return new ChildJvm(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The lines on standard output so far; all of them once {@link #waitFor} has returned. */
  public List<String> lines() {
    return output.soFar();
  }

  /** The lines on standard error so far, for a failure's message. */
  public String errors() {
    return String.join("\n", errors.soFar());
  }

  /**
   * Waits until that many lines have come, and returns all so far.
   *
   * @throws AssertionError when the child ends or the time is over before
   */
  public List<String> awaitLines(int count, Duration timeout) {
    try {
      List<String> lines = output.await(count, timeout);
      if (lines.size() < count) {
        throw failure("too few lines: lines=" + lines.size() + ", wanted=" + count);
      }
      return lines;
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /**
   * Waits for the child's end and returns its exit code (128 + signal when a signal ended it).
   *
   * @throws AssertionError when the time is over; the child is dead then too
   */
  public int waitFor(Duration timeout) {
    try {
      if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        kill();
        throw failure("child did not end: timeout=" + timeout);
      }
      output.await(Integer.MAX_VALUE, DEATH_TIMEOUT);
      errors.await(Integer.MAX_VALUE, DEATH_TIMEOUT);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    RUNNING.remove(process);
    return process.exitValue();
  }

  /** Kills the child as {@code kill -9} does, and waits for its death. */
  public void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    waitFor(DEATH_TIMEOUT);
  }

  /** Kills the child when it still runs. */
  @Override
  public void close() {
    kill();
  }

  private AssertionError failure(String what) {
    return new AssertionError(what + "; standard error:\n" + errors());
  }

  private AssertionError interrupted(InterruptedException cause) {
    process.destroyForcibly();
    Thread.currentThread().interrupt();
    return new AssertionError("interrupted while waiting for a child", cause);
  }

  /** What one stream of the child has said; filled by a thread of its own. */
  private static final class Lines {
    private final List<String> lines = new ArrayList<>();
    private boolean ended;

    Lines(BufferedReader from) {
      Thread.startVirtualThread(() -> read(from));
    }

    synchronized List<String> soFar() {
      return List.copyOf(lines);
    }

    /** Waits for that many lines, the end of the stream or the time-out. */
    synchronized List<String> await(int count, Duration timeout) throws InterruptedException {
      long deadline = System.nanoTime() + timeout.toNanos();
      while (lines.size() < count && !ended) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          break;
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
      return soFar();
    }

    private synchronized void add(String line) {
      lines.add(line);
      notifyAll();
    }

    private synchronized void end() {
      ended = true;
      notifyAll();
    }

    private void read(BufferedReader from) {
      try (from) {
        for (String line = from.readLine(); line != null; line = from.readLine()) {
          add(line);
        }
      } catch (IOException e) {
        // The pipe breaks when the child is killed; what came before counts.
      } finally {
        end();
      }
    }
  }
}
