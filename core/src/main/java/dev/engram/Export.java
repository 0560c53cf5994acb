package dev.engram;

import dev.engram.spi.KeySource;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is written out, and in which form: {@code jsonl}, not compressed, and encrypted where the
 * store is, unless told. Immutable to its users.
 */
public final class Export {
  private final @Nullable String name;
  private String format = "jsonl";
  private @Nullable String compression;
  private @Nullable Integer level;
  private @Nullable Filter filter;
  private @Nullable Instant since;
  private @Nullable CommitId after;
  private boolean vectors = true;
  private boolean plaintext;
  private @Nullable KeySource encryption;

  private Export(@Nullable String name) {
    this.name = name;
  }

  /** A collection or space, by name or alias. */
  public static Export of(String name) {
    return new Export(name);
  }

  /** Every collection and space. */
  public static Export everything() {
    return new Export(null);
  }

  /** One of {@link Transfer#formats}. */
  public Export format(String newFormat) {
    return with(e -> e.format = newFormat);
  }

  /** One of {@link Transfer#compressions}, of its usual level. */
  public Export compression(String codec) {
    return with(e -> {
      e.compression = codec;
      e.level = null;
    });
  }

  /** One of {@link Transfer#compressions}, of a level that it knows. */
  public Export compression(String codec, int newLevel) {
    return with(e -> {
      e.compression = codec;
      e.level = newLevel;
    });
  }

  /** Only what matches, such as a scope, and the synapses between these. */
  public Export where(Filter condition) {
    return with(e -> e.filter = filter == null ? condition : Filter.and(filter, condition));
  }

  /**
   * Only what was stored or changed at an instant or later, by the clock of the store: records and
   * memories by their text and metadata, synapses by their strength and use, or with one of their
   * memories. What was removed, what came back by undo or an import with its old dates, a vector
   * that was made later, and that a memory was recalled, is not told; {@link #changedAfter} tells
   * all of it but what was removed, and an incremental backup has everything.
   */
  public Export changedSince(Instant instant) {
    return with(e -> e.since = instant);
  }

  /**
   * Only what a commit after this one wrote: records and memories, also by their vectors and by
   * being recalled, and all synapses of a memory that it wrote, or from one of whose synapses it
   * wrote one. The commit is {@link TransferReport#commit} of an earlier export of this store, or
   * one that {@link Engram#commits} lists. What was removed is not told, nor that a space slept,
   * was renamed or has other dynamics; an incremental backup has everything. Where the log no
   * longer reaches back to the commit, the export fails with {@link NotFoundException}; where it is
   * neither of the store's timeline nor of the one that this left, with {@link MismatchException}.
   */
  public Export changedAfter(CommitId commit) {
    return with(e -> e.after = commit);
  }

  /** Without vectors, which an embedder can make again. */
  public Export withoutVectors() {
    return with(e -> e.vectors = false);
  }

  /**
   * Encrypts the export under the current master key of this source, whether the store is encrypted
   * or not, and instead of its own key. Who reads it needs that key ({@link Import#encryption}).
   */
  public Export encryption(KeySource keys) {
    return with(e -> {
      e.encryption = keys;
      e.plaintext = false;
    });
  }

  /**
   * The export of an encrypted store is not encrypted: whoever has it can read it. Without this it
   * is encrypted under the current master key of the store's own source.
   */
  public Export allowPlaintext() {
    return with(e -> {
      e.encryption = null;
      e.plaintext = true;
    });
  }

  /** The collection or space; empty for all. */
  public Optional<String> name() {
    return Optional.ofNullable(name);
  }

  public String format() {
    return format;
  }

  public Optional<String> compression() {
    return Optional.ofNullable(compression);
  }

  /** The level of the compression; empty for its usual one. */
  public OptionalInt level() {
    return level == null ? OptionalInt.empty() : OptionalInt.of(level);
  }

  public Optional<Filter> filter() {
    return Optional.ofNullable(filter);
  }

  /** When it changed last at the earliest; empty for whenever. */
  public Optional<Instant> changedSince() {
    return Optional.ofNullable(since);
  }

  /** The last commit of which it needs nothing; empty for whenever it was written. */
  public Optional<CommitId> changedAfter() {
    return Optional.ofNullable(after);
  }

  public boolean vectors() {
    return vectors;
  }

  /** What it is encrypted by; empty for what the store is encrypted by, if it is. */
  public Optional<KeySource> encryption() {
    return Optional.ofNullable(encryption);
  }

  /** Whether the export of an encrypted store is plain text. */
  public boolean plaintextAllowed() {
    return plaintext;
  }

  private Export with(Consumer<Export> change) {
    Export copy = new Export(name);
    copy.format = format;
    copy.compression = compression;
    copy.level = level;
    copy.filter = filter;
    copy.since = since;
    copy.after = after;
    copy.vectors = vectors;
    copy.plaintext = plaintext;
    copy.encryption = encryption;
    change.accept(copy);
    return copy;
  }
}
