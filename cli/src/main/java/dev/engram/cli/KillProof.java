package dev.engram.cli;

import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.Learning;
import dev.engram.MemorySpace;
import dev.engram.RecordId;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What is left of a child process's commits after it was killed in the middle of them, compared
 * with what it had acknowledged.
 *
 * @param acknowledged commits that the child said were durable
 * @param found commits that are there whole
 * @param lost acknowledged commits that are not
 * @param halves commits of which only a part is there
 * @param healthy whether a check of the store found nothing wrong
 */
record KillProof(int acknowledged, int found, int lost, int halves, boolean healthy) {
  private static final String SPACE = "killed";

  /** Commits that are awaited before the child is killed. */
  private static final int ENOUGH = 300;

  boolean clean() {
    return acknowledged > 0 && lost == 0 && halves == 0 && healthy;
  }

  /** Starts the child, kills it, and compares. */
  static KillProof run(Path store, Duration timeout) throws IOException {
    return compare(store, acknowledgements(store, timeout));
  }

  /** The child: commits two memories and a synapse at a time, and says so on standard output. */
  public static void main(String[] arguments) {
    try (Engram engram = Engram.open(Path.of(arguments[0]))) {
      for (int n = 1; n < 1_000_000; n++) {
        int number = n;
        engram.write(tx -> {
          MemorySpace space = tx.space(SPACE);
          space.learn(half(number, "first"));
          space.learn(half(number, "second"));
          space.associate(id(number, "first"), id(number, "second"));
        });
        System.out.println(number);
        System.out.flush();
      }
    }
  }

  private static int acknowledgements(Path store, Duration timeout) throws IOException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                KillProof.class.getName(),
                store.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader lines = child.inputReader()) {
      int last = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        last = Integer.parseInt(line);
        if (last == ENOUGH) {
          // Not the process's own method, which would close the stream before it is read.
          boolean _ = child.toHandle().destroyForcibly();
        }
      }
      if (!child.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new CommandFailure("the child process does not end", null);
      }
      return last;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted", e);
    } finally {
      child.destroyForcibly();
    }
  }

  private static KillProof compare(Path store, int acknowledged) {
    try (Engram engram = Engram.open(EngramConfig.at(store).createIfMissing(false))) {
      MemorySpace space = engram.space(SPACE);
      int whole = 0;
      int halves = 0;
      int lost = 0;
      // A commit that was under way when the child died may be there without an acknowledgement.
      for (int n = 1; n <= acknowledged + 1; n++) {
        boolean first = space.get(id(n, "first")).isPresent();
        boolean second = space.get(id(n, "second")).isPresent();
        boolean both = first && second && space.neighbours(id(n, "first")).size() == 1;
        whole += both ? 1 : 0;
        halves += !both && (first || second) ? 1 : 0;
        lost += !both && n <= acknowledged ? 1 : 0;
      }
      return new KillProof(acknowledged, whole, lost, halves, engram.check().ok());
    }
  }

  private static Learning half(int number, String which) {
    return Learning.of("the " + which + " half of commit " + number).withId(id(number, which));
  }

  private static RecordId id(int number, String which) {
    return RecordId.of(which + "-" + number);
  }
}
