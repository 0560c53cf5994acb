package dev.engram.internal.log;

import dev.engram.internal.format.IdentityLayout.Identity;
import dev.engram.internal.format.IdentityLayout.Origin;
import dev.engram.internal.format.Keys;
import dev.engram.internal.format.NumberLayout;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Up to which commits the log was copied elsewhere, by each place that wants the later ones too:
 * the archive and the newest backup in each target. Rows of {@code meta}, so that they outlast the
 * process; they are housekeeping. On a new timeline of the store the archive's go on, up to where
 * it began; others are dropped. What trims the log asks {@link #lowest()}. Thread-safe.
 */
public final class Holds {
  private static final long UNKNOWN = Long.MIN_VALUE;

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
   * What a place has.
   *
   * @param lsn the last commit that was copied there
   * @param base {@link Log#writtenBytes} when that was the last commit
   * @param note of an archive, how many commits are lost for it; of a backup, which one it is
   */
  public record Held(long lsn, long base, long note) {
    /** Where nobody knows what was written by then: it is guessed. */
    public Held(long lsn, long note) {
      this(lsn, UNKNOWN, note);
    }
  }

  /**
   * The log as it was opened.
   *
   * @param first LSN that was there
   * @param last LSN that was there
   * @param kept bytes of these commits
   */
  record Opening(Identity identity, long first, long last, long kept) {}

  private final Rocks rocks;
  private final Supplier<WriteBatchBytes> newRows;
  private final Rocks.Sync housekeeping;
  private final Opening opening;
  private final LongAdder written;
  private final Map<Kind, Map<String, Held>> held = new EnumMap<>(Kind.class);

  /**
   * @param written bytes of commits since opening
   */
  Holds(
      Rocks rocks,
      Supplier<WriteBatchBytes> newRows,
      Rocks.Sync housekeeping,
      Opening opening,
      LongAdder written) {
    this.rocks = rocks;
    this.newRows = newRows;
    this.housekeeping = housekeeping;
    this.opening = opening;
    this.written = written;
    for (Kind kind : Kind.values()) {
      held.put(kind, new ConcurrentHashMap<>());
    }
    load();
  }

  private void load() {
    byte[] prefix = Keys.holds();
    WriteBatchBytes changed = newRows.get();
    rocks.scan(
        Family.META,
        prefix,
        Keys.afterPrefix(prefix),
        null,
        (key, value) -> {
          load(key, NumberLayout.decode(key, value), changed);
          return true;
        });
    if (!changed.isEmpty()) {
      rocks.write(changed, housekeeping);
    }
  }

  private void load(byte[] key, long[] numbers, WriteBatchBytes changed) {
    Kind kind = key[1] == Kind.ARCHIVE.code ? Kind.ARCHIVE : Kind.BACKUP;
    long timeline = numbers[0];
    boolean present = timeline == opening.identity().timeline();
    Origin origin = present ? null : opening.identity().origin();
    if (present || (kind == Kind.ARCHIVE && origin != null && leads(origin, timeline))) {
      long lsn = origin == null ? numbers[1] : Math.min(numbers[1], origin.lsn());
      Held found = new Held(lsn, about(lsn), numbers.length < 3 ? 0 : numbers[2]);
      of(kind).put(name(key), found);
      if (!present) {
        changed.put(Family.META, key, row(key, found));
      }
    } else {
      changed.delete(Family.META, key);
    }
  }

  /** Whether the store itself was on a timeline before the present one. */
  private boolean leads(Origin origin, long timeline) {
    return origin.timeline() == timeline && origin.storeId().equals(opening.identity().storeId());
  }

  /** What was written up to a commit, as if all that were there at opening had one size. */
  private long about(long lsn) {
    long commits = opening.last() - opening.first() + 1;
    if (commits <= 0) {
      return 0;
    }
    long after = Math.clamp(opening.last() - lsn, 0, commits);
    return -(long) ((double) opening.kept() * after / commits);
  }

  /**
   * From now on the log keeps what comes after a commit.
   *
   * @param id of the place among those of its kind
   */
  public synchronized void put(Kind kind, String id, Held place) {
    byte[] key = Keys.hold(kind.code, id);
    put(kind, key, place);
  }

  private void put(Kind kind, byte[] key, Held place) {
    Held before = of(kind).get(name(key));
    Held whole =
        place.base() == UNKNOWN ? new Held(place.lsn(), base(place, before), place.note()) : place;
    WriteBatchBytes rows = newRows.get();
    rows.put(Family.META, key, row(key, whole));
    rocks.write(rows, housekeeping);
    of(kind).put(name(key), whole);
  }

  /** Rather too low than too high: of what is on its way more than that may wait. */
  private long base(Held place, @Nullable Held before) {
    return before != null && before.lsn() <= place.lsn() ? before.base() : about(place.lsn());
  }

  private byte[] row(byte[] key, Held place) {
    return NumberLayout.encode(key, opening.identity().timeline(), place.lsn(), place.note());
  }

  /** A place wants no later commits; does nothing where it is not known. */
  public synchronized void release(Kind kind, String id) {
    release(kind, Keys.hold(kind.code, id));
  }

  private void release(Kind kind, byte[] key) {
    if (of(kind).containsKey(name(key))) {
      WriteBatchBytes rows = newRows.get();
      rows.delete(Family.META, key);
      rocks.write(rows, housekeeping);
      of(kind).remove(name(key));
    }
  }

  /**
   * Changes what the places of a kind have.
   *
   * @param change null for a place that wants no later commits
   */
  public synchronized void replaceAll(Kind kind, Function<Held, @Nullable Held> change) {
    for (Map.Entry<String, Held> each : Map.copyOf(of(kind)).entrySet()) {
      byte[] key = HexFormat.of().parseHex(each.getKey());
      Held changed = change.apply(each.getValue());
      if (changed == null) {
        release(kind, key);
      } else if (!changed.equals(each.getValue())) {
        put(kind, key, changed);
      }
    }
  }

  /** What a place has; empty where it is not known. */
  public Optional<Held> get(Kind kind, String id) {
    return Optional.ofNullable(of(kind).get(name(Keys.hold(kind.code, id))));
  }

  /** Whether a place of a kind has what is asked for. */
  public boolean any(Kind kind, Predicate<Held> wanted) {
    return of(kind).values().stream().anyMatch(wanted);
  }

  /** What the place of a kind has that has least; empty where there is none. */
  public Optional<Held> lowest(Kind kind) {
    return of(kind).values().stream().min(Comparator.comparingLong(Held::lsn));
  }

  /** The commits up to this one are wanted by no place. */
  public long lowest() {
    return held.values().stream()
        .flatMap(each -> each.values().stream())
        .mapToLong(Held::lsn)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /** Bytes of the commits that a place does not have yet, about. */
  public long bytes(Held place) {
    return written.sum() - place.base();
  }

  private Map<String, Held> of(Kind kind) {
    return Objects.requireNonNull(held.get(kind));
  }

  private static String name(byte[] key) {
    return HexFormat.of().formatHex(key);
  }
}
