package dev.engram.internal.engine;

import dev.engram.ErrorCode;
import dev.engram.MaintenanceResult;
import dev.engram.MaintenanceTask;
import dev.engram.testing.Fuzzing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of what maintenance has done that nobody wrote: it begins anew, or is read. */
class JournalFuzzTest {
  private static final Logger LOG = Logger.getLogger(Journal.class.getName());

  @TempDir Path folder;

  /** What the journal throws away is told by that it knows nothing. */
  private static final class BeginsAnew extends Exception {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void beginsAnewWhateverTheFileSays() throws Exception {
    Journal journal = new Journal(folder);
    MaintenanceTask task = MaintenanceTask.EXPIRE;
    Optional<ErrorCode> error = Optional.of(ErrorCode.STORAGE);
    Duration took = Duration.ofMillis(30);
    journal.note(new MaintenanceResult(task, Instant.EPOCH, took, error, "it failed"), false);
    journal.note(new Journal.Scrubbed(3, 4, "log/1.sst", Map.of("log/2.sst", "cut")), true);
    Path file = folder.resolve("engram.maintenance");
    byte[] valid = Files.readAllBytes(file);
    LOG.setLevel(Level.OFF);
    try {
      Fuzzing.of("journal", BeginsAnew.class, List.of(valid))
          .inputs(500)
          .ending(JournalFuzzTest::summed)
          .run(bytes -> {
            Files.write(file, bytes);
            if (new Journal(folder).scrubbed().equals(Journal.Scrubbed.NOTHING)) {
              throw new BeginsAnew();
            }
          });
    } finally {
      LOG.setLevel(null);
    }
  }

  /** The same, with the checksum of the lines before in its last one. */
  private static byte[] summed(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    int end = text.lastIndexOf("crc32c ");
    if (end < 0) {
      return bytes;
    }
    String lines = text.substring(0, end);
    CRC32C crc = new CRC32C();
    crc.update(lines.getBytes(StandardCharsets.UTF_8));
    String sum = HexFormat.of().toHexDigits((int) crc.getValue());
    return (lines + "crc32c " + sum + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
