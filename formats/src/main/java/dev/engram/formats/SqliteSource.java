package dev.engram.formats;

import dev.engram.CollectionInfo.Kind;
import dev.engram.InvalidInputException;
import dev.engram.formats.SqliteTables.Table;
import dev.engram.spi.TransferFormat.Source;
import dev.engram.spi.TransferItem;
import dev.engram.spi.TransferItem.End;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** Reads a database section by section, its records and then its synapses. Not thread-safe. */
final class SqliteSource implements Source {
  private static final int PAGE_SIZE_AT = 16;
  private static final int MOST_PAGE_BYTES = 65_536;

  private final Path file;
  private final Connection database;
  private int section;
  private int table = SqliteTables.ITEMS.size();
  private @Nullable PreparedStatement statement;
  private @Nullable ResultSet rows;
  private boolean ended;

  SqliteSource(Path file) throws IOException {
    this.file = file;
    requireWholePages(file);
    try {
      this.database = SqliteFormat.open(file, true);
    } catch (SQLException e) {
      throw new IOException(e);
    }
    boolean fine = false;
    try {
      requireTables();
      fine = true;
    } finally {
      if (!fine) {
        closeDatabase();
      }
    }
  }

  /** SQLite does not mind where the last page lacks its end. */
  private static void requireWholePages(Path file) throws IOException {
    byte[] header;
    try (InputStream in = Files.newInputStream(file)) {
      header = in.readNBytes(PAGE_SIZE_AT + 2);
    }
    int written =
        header.length < PAGE_SIZE_AT + 2
            ? 0
            : ((header[PAGE_SIZE_AT] & 0xFF) << 8) | (header[PAGE_SIZE_AT + 1] & 0xFF);
    int pageBytes = written == 1 ? MOST_PAGE_BYTES : written;
    if (pageBytes == 0 || Files.size(file) % pageBytes != 0) {
      throw new InvalidInputException(
          "cannot read the import: the database is cut short: bytes=" + Files.size(file));
    }
  }

  /** A view or a trigger could run what somebody else wrote. */
  private void requireTables() {
    try (Statement sql = database.createStatement();
        ResultSet others =
            sql.executeQuery(
                "SELECT count(*) FROM sqlite_schema WHERE type NOT IN ('table', 'index')")) {
      if (others.next() && others.getInt(1) > 0) {
        throw new InvalidInputException(
            "cannot read the import: the database has more than tables and indexes; export it"
                + " again");
      }
    } catch (SQLException e) {
      throw SqliteFormat.damaged(e);
    }
  }

  @Override
  public @Nullable TransferItem next() {
    try {
      while (!ended) {
        TransferItem item = rows == null ? null : row(rows);
        if (item == null) {
          item = turn();
        }
        if (item != null) {
          return item;
        }
      }
      return null;
    } catch (SQLException e) {
      throw SqliteFormat.damaged(e);
    } catch (JacksonException e) {
      // The cause would quote it.
      throw new InvalidInputException("cannot read the import: section=" + section + ": no JSON");
    }
  }

  private @Nullable TransferItem row(ResultSet from) throws SQLException {
    return from.next() ? Fields.item(SqliteTables.row(from, SqliteTables.ITEMS.get(table))) : null;
  }

  /** Goes on with the next table, the next section, or the end. */
  private @Nullable TransferItem turn() throws SQLException {
    closeRows();
    table++;
    if (table < SqliteTables.ITEMS.size()) {
      Table next = SqliteTables.ITEMS.get(table);
      PreparedStatement query = database.prepareStatement(next.select());
      statement = query;
      query.setInt(1, section);
      rows = query.executeQuery();
      return null;
    }
    table = -1;
    section++;
    TransferItem begun = section();
    if (begun == null) {
      ended = true;
      return end();
    }
    return begun;
  }

  private @Nullable TransferItem section() throws SQLException {
    try (PreparedStatement query =
        database.prepareStatement("SELECT kind, properties FROM sections WHERE section = ?")) {
      query.setInt(1, section);
      try (ResultSet found = query.executeQuery()) {
        if (!found.next()) {
          return null;
        }
        Kind kind = "SPACE".equals(found.getString(1)) ? Kind.SPACE : Kind.COLLECTION;
        String properties = found.getString(2);
        return SectionFields.section(
            kind, new Values(JsonText.values(properties == null ? "" : properties)));
      }
    }
  }

  private @Nullable TransferItem end() throws SQLException {
    try (Statement sql = database.createStatement();
        ResultSet found = sql.executeQuery("SELECT records, synapses, sha256 FROM \"end\"")) {
      return found.next()
          ? new End(found.getLong(1), found.getLong(2), String.valueOf(found.getString(3)))
          : null;
    }
  }

  private void closeRows() throws SQLException {
    if (rows != null) {
      rows.close();
    }
    if (statement != null) {
      statement.close();
    }
    rows = null;
    statement = null;
  }

  private void closeDatabase() throws IOException {
    try (Connection _ = database) {
      closeRows();
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      closeDatabase();
    } finally {
      Files.delete(file);
    }
  }
}
