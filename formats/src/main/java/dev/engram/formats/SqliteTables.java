package dev.engram.formats;

import dev.engram.InvalidInputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The tables of an export in SQLite. Static functions only.
 *
 * <pre>
 *   about      table_name, column_name, meaning: what stands in the others, for people
 *   sections   section, kind, properties (JSON)
 *   records    section, id, text, metadata (JSON), ..., vector (little-endian float32)
 *   synapses   section, from, to, relation, strength, ...
 *   end        records, synapses, sha256
 * </pre>
 */
final class SqliteTables {
  /** What a column holds. */
  enum Type {
    TEXT,
    WHOLE,
    DECIMAL,
    FLAG,
    JSON,
    VECTOR;

    private String sql() {
      return switch (this) {
        case TEXT, JSON -> "TEXT";
        case WHOLE, FLAG -> "INTEGER";
        case DECIMAL -> "REAL";
        case VECTOR -> "BLOB";
      };
    }
  }

  /** A column, named as the field of an item. */
  record Column(String name, Type type, String meaning) {}

  /** A table of items. */
  record Table(String name, List<Column> columns) {
    String create() {
      return "CREATE TABLE "
          + name
          + " (section INTEGER NOT NULL, "
          + columns.stream()
              .map(column -> quoted(column) + " " + column.type().sql())
              .collect(Collectors.joining(", "))
          + ")";
    }

    String insert() {
      return "INSERT INTO " + name + " VALUES (?" + ", ?".repeat(columns.size()) + ")";
    }

    String select() {
      return "SELECT "
          + columns.stream().map(SqliteTables::quoted).collect(Collectors.joining(", "))
          + " FROM "
          + name
          + " WHERE section = ? ORDER BY rowid";
    }
  }

  static final Table RECORDS =
      new Table(
          "records",
          List.of(
              new Column("id", Type.TEXT, "the id; text: comes before one that looks like another"),
              new Column("text", Type.TEXT, "the text"),
              new Column("metadata", Type.JSON, "metadata; an instant is {\"@instant\": \"...\"}"),
              new Column("provenance", Type.JSON, "where it came from: source and position"),
              new Column("createdAt", Type.TEXT, "when it was first stored"),
              new Column("updatedAt", Type.TEXT, "when it last changed"),
              new Column("expiresAt", Type.TEXT, "when it becomes invisible"),
              new Column("occurredAt", Type.TEXT, "when what it tells of happened"),
              new Column("validFrom", Type.TEXT, "from when on it holds"),
              new Column("validUntil", Type.TEXT, "the first moment at which it does not hold"),
              new Column("accessCount", Type.WHOLE, "1 after learning, one more for each use"),
              new Column("lastAccessed", Type.TEXT, "when it was used last"),
              new Column("importance", Type.DECIMAL, "0 to 1, when it was set"),
              new Column("importanceSince", Type.TEXT, "when importance was set"),
              new Column("pinned", Type.FLAG, "1 where importance stays"),
              new Column("vector", Type.VECTOR, "little-endian float32, 4 bytes a component")));

  static final Table SYNAPSES =
      new Table(
          "synapses",
          List.of(
              new Column("from", Type.TEXT, "id of the record where it starts"),
              new Column("to", Type.TEXT, "id of the record where it ends"),
              new Column("relation", Type.TEXT, "what it means"),
              new Column("strength", Type.DECIMAL, "0 to 1, when it was set"),
              new Column("tier", Type.TEXT, "SHORT_TERM or LONG_TERM"),
              new Column("strengthSince", Type.TEXT, "when strength was set"),
              new Column("cycle", Type.WHOLE, "of the space when strength was set"),
              new Column("createdAt", Type.TEXT, "when it was made"),
              new Column("lastAccessed", Type.TEXT, "when it was last strengthened"),
              new Column("activations", Type.WHOLE, "times it was strengthened")));

  static final List<Table> ITEMS = List.of(RECORDS, SYNAPSES);

  static final List<String> OTHERS =
      List.of(
          "CREATE TABLE about (table_name TEXT, column_name TEXT, meaning TEXT)",
          "CREATE TABLE sections (section INTEGER PRIMARY KEY, kind TEXT, properties TEXT)",
          "CREATE TABLE \"end\" (records INTEGER, synapses INTEGER, sha256 TEXT)");

  private SqliteTables() {}

  /** Statements that make the tables. */
  static List<String> create() {
    return Stream.of(OTHERS.stream(), ITEMS.stream().map(Table::create), indexes())
        .flatMap(statements -> statements)
        .toList();
  }

  private static Stream<String> indexes() {
    return ITEMS.stream()
        .map(table ->
            "CREATE INDEX " + table.name() + "_by_section ON " + table.name() + " (section)");
  }

  private static String quoted(Column column) {
    return "\"" + column.name() + "\"";
  }

  /** Sets the parameters of an insertion. */
  static void set(PreparedStatement into, Table table, int section, Map<String, Object> values)
      throws SQLException {
    into.setInt(1, section);
    for (int i = 0; i < table.columns().size(); i++) {
      Object value = values.get(table.columns().get(i).name());
      switch (value) {
        case null -> into.setObject(i + 2, null);
        case Long number -> into.setLong(i + 2, number);
        case Double number -> into.setDouble(i + 2, number);
        case Boolean flag -> into.setInt(i + 2, flag ? 1 : 0);
        case float[] vector -> into.setBytes(i + 2, bytes(vector));
        case Map<?, ?> map -> into.setString(i + 2, JsonText.text(map));
        case Instant instant -> into.setString(i + 2, instant.toString());
        default -> into.setString(i + 2, value.toString());
      }
    }
  }

  /** The values of a row. */
  static Map<String, Object> row(ResultSet rows, Table table) throws SQLException {
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < table.columns().size(); i++) {
      Object value = value(rows, i + 1, table.columns().get(i));
      if (value != null) {
        values.put(table.columns().get(i).name(), value);
      }
    }
    return values;
  }

  private static @Nullable Object value(ResultSet rows, int index, Column column)
      throws SQLException {
    @Nullable Object found =
        switch (column.type()) {
          case TEXT -> rows.getString(index);
          case WHOLE -> rows.getLong(index);
          case DECIMAL -> rows.getDouble(index);
          case FLAG -> rows.getInt(index) != 0;
          case JSON -> json(rows.getString(index));
          case VECTOR -> floats(rows.getBytes(index));
        };
    return rows.wasNull() ? null : found;
  }

  private static @Nullable Map<String, Object> json(@Nullable String text) {
    return text == null ? null : JsonText.values(text);
  }

  private static byte[] bytes(float[] vector) {
    byte[] bytes = new byte[vector.length * Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(vector);
    return bytes;
  }

  private static float @Nullable [] floats(byte @Nullable [] bytes) {
    if (bytes == null) {
      return null;
    }
    if (bytes.length % Float.BYTES != 0) {
      throw new InvalidInputException("field=vector, bytes=" + bytes.length + ", not in fours");
    }
    float[] vector = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
    return vector;
  }
}
