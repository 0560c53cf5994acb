package dev.engram;

import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What is written out, and in which form: {@code jsonl}, not compressed, unless told. Immutable.
 */
public final class Export {
  private final @Nullable String name;
  private final String format;
  private final @Nullable String compression;
  private final @Nullable Integer level;
  private final @Nullable Filter filter;
  private final boolean vectors;
  private final boolean plaintext;

  private Export(
      @Nullable String name,
      String format,
      @Nullable String compression,
      @Nullable Integer level,
      @Nullable Filter filter,
      boolean vectors,
      boolean plaintext) {
    this.name = name;
    this.format = format;
    this.compression = compression;
    this.level = level;
    this.filter = filter;
    this.vectors = vectors;
    this.plaintext = plaintext;
  }

  /** A collection or space, by name or alias. */
  public static Export of(String name) {
    return new Export(name, "jsonl", null, null, null, true, false);
  }

  /** Every collection and space. */
  public static Export everything() {
    return new Export(null, "jsonl", null, null, null, true, false);
  }

  /** One of {@link Transfer#formats}. */
  public Export format(String newFormat) {
    return new Export(name, newFormat, compression, level, filter, vectors, plaintext);
  }

  /** One of {@link Transfer#compressions}, of its usual level. */
  public Export compression(String codec) {
    return new Export(name, format, codec, null, filter, vectors, plaintext);
  }

  /** One of {@link Transfer#compressions}, of a level that it knows. */
  public Export compression(String codec, int newLevel) {
    return new Export(name, format, codec, newLevel, filter, vectors, plaintext);
  }

  /** Only what matches, such as a scope, and the synapses between these. */
  public Export where(Filter condition) {
    Filter both = filter == null ? condition : Filter.and(filter, condition);
    return new Export(name, format, compression, level, both, vectors, plaintext);
  }

  /** Without vectors, which an embedder can make again. */
  public Export withoutVectors() {
    return new Export(name, format, compression, level, filter, false, plaintext);
  }

  /**
   * Allows that the export of an encrypted store can be read by whoever has it; without this it is
   * an {@link EncryptionException}.
   */
  public Export allowPlaintext() {
    return new Export(name, format, compression, level, filter, vectors, true);
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

  public boolean vectors() {
    return vectors;
  }

  /** Whether an encrypted store may be written as plain text. */
  public boolean plaintextAllowed() {
    return plaintext;
  }
}
