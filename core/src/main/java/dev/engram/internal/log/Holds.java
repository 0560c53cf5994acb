package dev.engram.internal.log;

import dev.engram.internal.format.Keys;
import dev.engram.internal.format.NumberLayout;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * Up to which commits the log was copied elsewhere, by each place that wants the later ones too:
 * the archive, and the newest backup in each target. Rows of {@code meta}, so that they outlast the
 * process; they are housekeeping, and those of another timeline are dropped. What trims the log
 * asks {@link #lowest}. Thread-safe.
 */
public final class Holds {
  /** Who holds; the codes are part of the format. */
  public enum Kind {
    ARCHIVE(1),
    BACKUP(2);

    private final int code;

    Kind(int code) {
      this.code = code;
    }
  }

  /**
   * A place.
   *
   * @param lsn the last commit that it has
   * @param base {@link #written} when it got that
   */
  private record Held(Kind kind, long lsn, long base) {}

  private final Rocks rocks;
  private final Supplier<WriteBatchBytes> newRows;
  private final Rocks.Sync housekeeping;
  private final long timeline;
  private final LongAdder written;
  private final Map<String, Held> held = new ConcurrentHashMap<>();

  /**
   * @param written bytes of commits since opening
   * @param kept bytes of those that were in the log then
   */
  Holds(
      Rocks rocks,
      Supplier<WriteBatchBytes> newRows,
      Rocks.Sync housekeeping,
      long timeline,
      LongAdder written,
      long kept) {
    this.rocks = rocks;
    this.newRows = newRows;
    this.housekeeping = housekeeping;
    this.timeline = timeline;
    this.written = written;
    load(kept);
  }

  private void load(long kept) {
    byte[] prefix = Keys.holds();
    WriteBatchBytes gone = newRows.get();
    rocks.scan(
        Family.META,
        prefix,
        Keys.afterPrefix(prefix),
        null,
        (key, value) -> {
          long[] numbers = NumberLayout.decode(key, value, 2);
          if (numbers[0] == timeline) {
            Kind kind = key[1] == Kind.ARCHIVE.code ? Kind.ARCHIVE : Kind.BACKUP;
            held.put(name(key), new Held(kind, numbers[1], -kept));
          } else {
            gone.delete(Family.META, key);
          }
          return true;
        });
    if (!gone.isEmpty()) {
      rocks.write(gone, housekeeping);
    }
  }

  /**
   * From now on the log keeps what comes after a commit.
   *
   * @param id of the place among those of its kind
   */
  public void put(Kind kind, String id, long lsn) {
    byte[] key = Keys.hold(kind.code, id);
    WriteBatchBytes rows = newRows.get();
    rows.put(Family.META, key, NumberLayout.encode(key, timeline, lsn));
    rocks.write(rows, housekeeping);
    held.put(name(key), new Held(kind, lsn, written.sum()));
  }

  /** A place wants no later commits; does nothing where it is not known. */
  public void release(Kind kind, String id) {
    release(Keys.hold(kind.code, id));
  }

  private void release(byte[] key) {
    if (held.containsKey(name(key))) {
      WriteBatchBytes rows = newRows.get();
      rows.delete(Family.META, key);
      rocks.write(rows, housekeeping);
      held.remove(name(key));
    }
  }

  /** No place of this kind wants later commits. */
  public void releaseAll(Kind kind) {
    List<String> names = new ArrayList<>();
    held.forEach((name, each) -> {
      if (each.kind() == kind) {
        names.add(name);
      }
    });
    names.forEach(name -> release(HexFormat.of().parseHex(name)));
  }

  /** The last commit that a place has; empty where it is not known. */
  public OptionalLong position(Kind kind, String id) {
    Held found = held.get(name(Keys.hold(kind.code, id)));
    return found == null ? OptionalLong.empty() : OptionalLong.of(found.lsn());
  }

  /** The commits up to this one are wanted by no place. */
  public long lowest() {
    return held.values().stream().mapToLong(Held::lsn).min().orElse(Long.MAX_VALUE);
  }

  /** Bytes of the commits that some place of this kind does not have yet, about. */
  public long bytes(Kind kind) {
    long now = written.sum();
    return held.values().stream()
        .filter(each -> each.kind() == kind)
        .mapToLong(each -> now - each.base())
        .max()
        .orElse(0);
  }

  private static String name(byte[] key) {
    return HexFormat.of().formatHex(key);
  }
}
