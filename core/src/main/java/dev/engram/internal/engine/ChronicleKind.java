package dev.engram.internal.engine;

import dev.engram.CollectionInfo;
import dev.engram.Metadata;
import dev.engram.Scope;
import dev.engram.internal.recall.Chronicle;
import dev.engram.internal.recall.Cues;
import dev.engram.internal.view.StateReader;
import dev.engram.spi.Change;
import dev.engram.spi.RecordRow;
import dev.engram.spi.StateSnapshot;
import dev.engram.spi.StateSnapshot.CollectionRow;
import dev.engram.spi.View.Findings;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Chronicles of memory spaces as partitions; a collection of records has an empty one. */
final class ChronicleKind implements Partitions.Kind<Chronicle> {
  static final String NAME = "chronicle";

  private static final long BYTES_PER_INDEX = 2_048;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Chronicle load(CollectionRow collection, StateReader state) {
    return load(collection, (StateSnapshot) state);
  }

  private static Chronicle load(CollectionRow collection, StateSnapshot state) {
    Chronicle chronicle = new Chronicle(Cues.in(collection.language()));
    if (collection.kind() == CollectionInfo.Kind.SPACE) {
      chronicle.load(() -> state.forEachRecord(collection, false, row -> put(chronicle, row)));
    }
    return chronicle;
  }

  @Override
  public void put(Chronicle chronicle, Change.RecordPut put) {
    put(chronicle, put.record());
  }

  private static void put(Chronicle chronicle, RecordRow row) {
    String text = row.text();
    if (row.node() != Records.NO_NODE && text != null) {
      chronicle.put(
          new Chronicle.Entry(
              row.ordinal(),
              row.node(),
              session(row.metadata()),
              value(row.metadata(), Scope.SPEAKER),
              row.occurredAtMillis() == RecordRow.NO_TIME
                  ? row.createdAtMillis()
                  : row.occurredAtMillis(),
              text,
              validity(row)));
    }
  }

  private static Chronicle.Validity validity(RecordRow row) {
    return new Chronicle.Validity(
        row.validFromMillis(),
        row.validUntilMillis() == RecordRow.NO_TIME ? Long.MAX_VALUE : row.validUntilMillis());
  }

  /** A session of one user with one agent is not that of others, whatever they call it. */
  static @Nullable String session(Metadata metadata) {
    String session = value(metadata, Scope.SESSION);
    String user = value(metadata, Scope.USER);
    String agent = value(metadata, Scope.AGENT);
    if (session == null || (user == null && agent == null)) {
      return session;
    }
    return session
        + '\0'
        + Objects.requireNonNullElse(user, "")
        + '\0'
        + Objects.requireNonNullElse(agent, "");
  }

  private static @Nullable String value(Metadata metadata, String key) {
    Object value = metadata.asMap().get(key);
    return value == null ? null : value.toString();
  }

  @Override
  public void remove(Chronicle chronicle, int ordinal) {
    chronicle.remove(ordinal);
  }

  @Override
  public void atomically(Chronicle chronicle, Runnable changes) {
    chronicle.atomically(changes);
  }

  @Override
  public long bytes(Chronicle chronicle) {
    return BYTES_PER_INDEX + chronicle.bytes();
  }

  @Override
  public void verify(
      Chronicle chronicle, CollectionRow collection, StateSnapshot state, Findings findings) {
    Chronicle expected = load(collection, state);
    boolean[] differs = {expected.size() != chronicle.size()};
    expected.forEachOrdinal(ordinal ->
        differs[0] |= !Objects.equals(expected.describe(ordinal), chronicle.describe(ordinal)));
    if (differs[0]) {
      findings.add("the chronicle differs: collection=" + collection.number());
    }
  }
}
