package dev.engram;

import dev.engram.CollectionInfo.Kind;
import dev.engram.spi.KeySource;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a file is read in: everything as the file says, under the names that it says, unless told.
 * What the file says nothing of begins anew. Immutable to its users.
 */
public final class Import {
  private @Nullable String name;
  private @Nullable Kind kind;
  private @Nullable String format;
  private @Nullable Metric metric;
  private @Nullable Quantization quantization;
  private boolean vectors = true;
  private boolean anew;
  private long maxBytes = Limits.MAX_IMPORTED_BYTES;
  private @Nullable KeySource encryption;

  private Import() {}

  /** Everything as the file says. */
  public static Import exact() {
    return new Import();
  }

  /** Into this space, made if it is not there, whatever the file calls its only space. */
  public Import intoSpace(String newName) {
    return with(i -> {
      i.name = newName;
      i.kind = Kind.SPACE;
    });
  }

  /**
   * Into this collection, whatever the file calls its only collection. Where there is none it is
   * made as the file says, or with the dimension of its first vector (of a stream: of its first
   * record).
   */
  public Import intoCollection(String newName) {
    return with(i -> {
      i.name = newName;
      i.kind = Kind.COLLECTION;
    });
  }

  /** The file is of this form, one of {@link Transfer#formats}, however it looks. */
  public Import format(String newFormat) {
    return with(i -> i.format = newFormat);
  }

  /** Collections are made with this metric; one that is there must have it. */
  public Import metric(Metric newMetric) {
    return with(i -> i.metric = newMetric);
  }

  /** Collections are made with this quantization; one that is there must have it. */
  public Import quantization(Quantization newQuantization) {
    return with(i -> i.quantization = newQuantization);
  }

  /** Memories wait for this store's embedder to make their vectors; for spaces only. */
  public Import withoutVectors() {
    return with(i -> i.vectors = false);
  }

  /**
   * Dates of storing, access counts, importance, pins and the strength of synapses begin anew, as
   * if everything were learned now.
   */
  public Import anew() {
    return with(i -> i.anew = true);
  }

  /**
   * Refuses a file that is larger, uncompressed; {@link Limits#MAX_IMPORTED_BYTES} unless given.
   */
  public Import maxBytes(long bytes) {
    if (bytes < 1) {
      throw new InvalidInputException("invalid import: maxBytes=" + bytes + ", allowed >= 1");
    }
    return with(i -> i.maxBytes = bytes);
  }

  /**
   * What an encrypted export is opened by, instead of what the store is encrypted by; means nothing
   * for one that is not encrypted.
   */
  public Import encryption(KeySource keys) {
    return with(i -> i.encryption = keys);
  }

  /** The collection or space; empty for what the file says. */
  public Optional<String> name() {
    return Optional.ofNullable(name);
  }

  /** Whether that is a collection or a space; empty for what the file says. */
  public Optional<Kind> kind() {
    return Optional.ofNullable(kind);
  }

  /** The form of the file; empty for what it looks like. */
  public Optional<String> format() {
    return Optional.ofNullable(format);
  }

  /** The metric of collections; empty for what the file says. */
  public Optional<Metric> metric() {
    return Optional.ofNullable(metric);
  }

  /** The quantization of collections; empty for what the file says. */
  public Optional<Quantization> quantization() {
    return Optional.ofNullable(quantization);
  }

  public boolean vectors() {
    return vectors;
  }

  public boolean isAnew() {
    return anew;
  }

  public long maxBytes() {
    return maxBytes;
  }

  /** What an encrypted export is opened by; empty for what the store is encrypted by. */
  public Optional<KeySource> encryption() {
    return Optional.ofNullable(encryption);
  }

  private Import with(Consumer<Import> change) {
    Import copy = new Import();
    copy.name = name;
    copy.kind = kind;
    copy.format = format;
    copy.metric = metric;
    copy.quantization = quantization;
    copy.vectors = vectors;
    copy.anew = anew;
    copy.maxBytes = maxBytes;
    copy.encryption = encryption;
    change.accept(copy);
    return copy;
  }
}
