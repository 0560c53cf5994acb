package dev.engram.internal.engine;

import dev.engram.EngramException;
import dev.engram.ErrorCode;
import dev.engram.MaintenanceResult;
import dev.engram.MaintenanceTask;
import dev.engram.internal.log.Directories;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What maintenance has done, in a file of the store, so that a schedule goes on where it was. Lost
 * or damaged it begins anew: nothing but times is in it. Thread-safe.
 *
 * <pre>
 *   engram maintenance 1
 *   task NAME AT MILLIS CODE TEXT    AT: when it began, in ms; CODE: ok or an error
 *   scrub PASSES LAST AFTER          LAST: when a pass ended, or 0; AFTER: the last file, or -
 *   damaged PATH TEXT                what scrubbing has found
 *   crc32c HEX                       of the lines before
 * </pre>
 */
final class Journal {
  private static final System.Logger LOG = System.getLogger(Journal.class.getName());
  private static final String FILE = "engram.maintenance";
  private static final String FIRST_LINE = "engram maintenance 1";
  private static final String SUM = "crc32c ";
  private static final String FINE = "ok";
  private static final String NOTHING = "-";

  /** Longest text that is kept, in characters. */
  private static final int MAX_TEXT = 500;

  private final @Nullable Path file;
  private final Map<MaintenanceTask, MaintenanceResult> results =
      new EnumMap<>(MaintenanceTask.class);
  private Scrubbed scrubbed = Scrubbed.NOTHING;
  private boolean changed;

  /**
   * How far scrubbing is.
   *
   * @param passes that have ended
   * @param lastPass when the last one ended, milliseconds since the epoch; 0 for never
   * @param after the last file of this pass that was read; empty at its beginning
   * @param damaged what is wrong with files, by path
   */
  record Scrubbed(long passes, long lastPass, String after, Map<String, String> damaged) {
    static final Scrubbed NOTHING = new Scrubbed(0, 0, "", Map.of());

    Scrubbed {
      damaged = Map.copyOf(damaged);
    }
  }

  /** Reads what was kept; a null directory keeps nothing. */
  Journal(@Nullable Path directory) {
    this.file = directory == null ? null : directory.resolve(FILE);
    if (file != null && Files.exists(file)) {
      load(file);
    }
  }

  synchronized Optional<MaintenanceResult> last(MaintenanceTask task) {
    return Optional.ofNullable(results.get(task));
  }

  synchronized Scrubbed scrubbed() {
    return scrubbed;
  }

  /**
   * A task has ended.
   *
   * @param durably whether that is written at once, or with what comes later
   */
  synchronized void note(MaintenanceResult result, boolean durably) {
    results.put(result.task(), result);
    changed = true;
    if (durably) {
      save();
    }
  }

  /** Scrubbing has come so far. */
  synchronized void note(Scrubbed reached, boolean durably) {
    scrubbed = reached;
    changed = true;
    if (durably) {
      save();
    }
  }

  /** Other files have taken the place of those that were read: what was found is not in them. */
  void forgetFiles() {
    Scrubbed known = scrubbed();
    if (known.after.isEmpty() && known.damaged.isEmpty()) {
      return;
    }
    note(new Scrubbed(known.passes, known.lastPass, "", Map.of()), true);
  }

  /** Writes what is not written yet. */
  synchronized void save() {
    if (!changed || file == null) {
      return;
    }
    try {
      String lines = lines();
      String text = lines + SUM + checksum(lines) + "\n";
      Directories.publish(file, text.getBytes(StandardCharsets.UTF_8), () -> {});
      changed = false;
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "maintenance is not noted", e);
    }
  }

  private String lines() {
    StringBuilder lines = new StringBuilder(FIRST_LINE + "\n");
    for (MaintenanceResult each : results.values()) {
      lines
          .append("task ")
          .append(each.task())
          .append(' ')
          .append(each.at().toEpochMilli())
          .append(' ')
          .append(each.took().toMillis())
          .append(' ')
          .append(each.error().map(ErrorCode::text).orElse(FINE))
          .append(' ')
          .append(oneLine(each.what()))
          .append('\n');
    }
    lines
        .append("scrub ")
        .append(scrubbed.passes)
        .append(' ')
        .append(scrubbed.lastPass)
        .append(' ')
        .append(scrubbed.after.isEmpty() ? NOTHING : scrubbed.after)
        .append('\n');
    new TreeMap<>(scrubbed.damaged)
        .forEach((path, what) ->
            lines.append("damaged ").append(path).append(' ').append(oneLine(what)).append('\n'));
    return lines.toString();
  }

  private static String oneLine(String text) {
    String line = text.replaceAll("\\s+", " ").strip();
    return line.length() > MAX_TEXT ? line.substring(0, MAX_TEXT) : line;
  }

  private static String checksum(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }

  private void load(Path from) {
    try {
      String text = new String(Files.readAllBytes(from), StandardCharsets.UTF_8);
      int end = text.lastIndexOf(SUM);
      if (end < 0
          || !text.startsWith(FIRST_LINE + "\n")
          || !text.substring(end).equals(SUM + checksum(text.substring(0, end)) + "\n")) {
        throw new IOException("its checksum is wrong");
      }
      read(text.substring(0, end).lines().skip(1).toList());
    } catch (IOException
        | IllegalArgumentException
        | IndexOutOfBoundsException
        | NoSuchElementException
        | DateTimeException
        | ArithmeticException e) {
      results.clear();
      scrubbed = Scrubbed.NOTHING;
      LOG.log(System.Logger.Level.WARNING, "maintenance begins anew: file=" + from + ", why=" + e);
    }
  }

  private void read(List<String> lines) {
    Map<String, String> damaged = new TreeMap<>();
    List<String[]> scrubs = new ArrayList<>();
    for (String line : lines) {
      String[] words = line.split(" ", 6);
      switch (words[0]) {
        case "task" -> {
          MaintenanceResult result = result(words);
          results.put(result.task(), result);
        }
        case "scrub" -> scrubs.add(words);
        case "damaged" -> {
          String[] parts = line.split(" ", 3);
          damaged.put(parts[1], parts[2]);
        }
        default -> throw new IllegalArgumentException("unknown line");
      }
    }
    String[] scrub = scrubs.getFirst();
    scrubbed =
        new Scrubbed(
            Long.parseLong(scrub[1]),
            Long.parseLong(scrub[2]),
            scrub[3].equals(NOTHING) ? "" : scrub[3],
            damaged);
  }

  private static MaintenanceResult result(String[] words) {
    return new MaintenanceResult(
        MaintenanceTask.valueOf(words[1]),
        Instant.ofEpochMilli(Long.parseLong(words[2])),
        Duration.ofMillis(Long.parseLong(words[3])),
        words[4].equals(FINE) ? Optional.empty() : Optional.of(code(words[4])),
        words[5]);
  }

  private static ErrorCode code(String text) {
    for (ErrorCode code : ErrorCode.values()) {
      if (code.text().equals(text)) {
        return code;
      }
    }
    throw new IllegalArgumentException("unknown code");
  }

  /** The code of what was thrown. */
  static ErrorCode codeOf(RuntimeException failure) {
    return failure instanceof EngramException known ? known.code() : ErrorCode.STORAGE;
  }
}
