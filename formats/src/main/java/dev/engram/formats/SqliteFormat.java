package dev.engram.formats;

import dev.engram.InvalidInputException;
import dev.engram.Limits;
import dev.engram.spi.Match;
import dev.engram.spi.TransferFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.SQLiteConfig;

/**
 * A SQLite database that describes itself: {@link SqliteTables}. It is made and read in a temporary
 * file, since a database is no stream. Stateless.
 */
public final class SqliteFormat implements TransferFormat {
  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

  @Override
  public String name() {
    return "sqlite";
  }

  @Override
  public boolean keepsAll() {
    return true;
  }

  @Override
  public boolean leavesPlainFiles() {
    return true;
  }

  @Override
  public Match match(byte[] beginning) {
    int[] magic = new int[MAGIC.length];
    for (int i = 0; i < magic.length; i++) {
      magic[i] = MAGIC[i];
    }
    return Magic.match(beginning, magic);
  }

  @Override
  public Sink write(OutputStream out) throws IOException {
    Path file = Files.createTempFile("engram", ".sqlite");
    boolean made = false;
    try {
      Sink sink = new SqliteSink(file, out);
      made = true;
      return sink;
    } finally {
      if (!made) {
        Files.delete(file);
      }
    }
  }

  @Override
  public Source read(InputStream in) throws IOException {
    Path file = Files.createTempFile("engram", ".sqlite");
    boolean opened = false;
    try {
      try (OutputStream copy = Files.newOutputStream(file)) {
        long _ = in.transferTo(copy);
      }
      Source source = new SqliteSource(file);
      opened = true;
      return source;
    } finally {
      if (!opened) {
        Files.delete(file);
      }
    }
  }

  /** Opens a database that nobody else uses, and that is thrown away after a crash. */
  static Connection open(Path file, boolean readOnly) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(readOnly);
    config.setJournalMode(SQLiteConfig.JournalMode.OFF);
    config.setSynchronous(SQLiteConfig.SynchronousMode.OFF);
    config.setPragma(
        SQLiteConfig.Pragma.LIMIT_LENGTH, Long.toString(Limits.MAX_IMPORTED_ITEM_BYTES));
    return config.createConnection("jdbc:sqlite:" + file);
  }

  /** What a database refuses is the fault of the file. */
  static InvalidInputException damaged(SQLException cause) {
    return new InvalidInputException(
        "cannot read the import: the database is damaged or no export: code="
            + cause.getErrorCode(),
        cause);
  }
}
