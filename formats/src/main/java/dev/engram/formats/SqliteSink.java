package dev.engram.formats;

import dev.engram.formats.SqliteTables.Column;
import dev.engram.formats.SqliteTables.Table;
import dev.engram.spi.TransferFormat.Sink;
import dev.engram.spi.TransferItem;
import dev.engram.spi.TransferItem.End;
import dev.engram.spi.TransferItem.Entry;
import dev.engram.spi.TransferItem.Link;
import dev.engram.spi.TransferItem.Section;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/** Fills a database and gives it to a stream at the end. Not thread-safe. */
final class SqliteSink implements Sink {
  private final Path file;
  private final OutputStream out;
  private final Connection database;
  private final PreparedStatement records;
  private final PreparedStatement synapses;
  private int section;

  SqliteSink(Path file, OutputStream out) throws IOException {
    this.file = file;
    this.out = out;
    try {
      this.database = SqliteFormat.open(file, false);
      database.setAutoCommit(false);
      for (String table : SqliteTables.create()) {
        run(table);
      }
      this.records = database.prepareStatement(SqliteTables.RECORDS.insert());
      this.synapses = database.prepareStatement(SqliteTables.SYNAPSES.insert());
      describe();
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  private void run(String statement) throws SQLException {
    try (Statement sql = database.createStatement()) {
      boolean _ = sql.execute(statement);
    }
  }

  private void describe() throws SQLException {
    try (PreparedStatement into = database.prepareStatement("INSERT INTO about VALUES (?, ?, ?)")) {
      for (Table table : SqliteTables.ITEMS) {
        for (Column column : table.columns()) {
          into.setString(1, table.name());
          into.setString(2, column.name());
          into.setString(3, column.meaning());
          int _ = into.executeUpdate();
        }
      }
    }
  }

  @Override
  public void write(TransferItem item) throws IOException {
    try {
      switch (item) {
        case Section begun -> begin(begun);
        case Entry _ -> insert(records, SqliteTables.RECORDS, Fields.of(item));
        case Link _ -> insert(synapses, SqliteTables.SYNAPSES, Fields.of(item));
        case End end -> end(end);
      }
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  private void insert(PreparedStatement into, Table table, Map<String, Object> values)
      throws SQLException {
    SqliteTables.set(into, table, section, values);
    int _ = into.executeUpdate();
  }

  private void begin(Section begun) throws SQLException {
    section++;
    try (PreparedStatement into =
        database.prepareStatement("INSERT INTO sections VALUES (?, ?, ?)")) {
      into.setInt(1, section);
      into.setString(2, begun.kind().name());
      into.setString(3, JsonText.text(SectionFields.of(begun)));
      int _ = into.executeUpdate();
    }
  }

  private void end(End end) throws SQLException {
    try (PreparedStatement into =
        database.prepareStatement("INSERT INTO \"end\" VALUES (?, ?, ?)")) {
      into.setLong(1, end.records());
      into.setLong(2, end.synapses());
      into.setString(3, end.sha256());
      int _ = into.executeUpdate();
    }
  }

  @Override
  public void close() throws IOException {
    try (Connection open = database) {
      records.close();
      synapses.close();
      open.commit();
    } catch (SQLException e) {
      throw new IOException(e);
    } finally {
      give();
    }
  }

  private void give() throws IOException {
    try {
      long _ = Files.copy(file, out);
    } finally {
      Files.delete(file);
    }
  }
}
