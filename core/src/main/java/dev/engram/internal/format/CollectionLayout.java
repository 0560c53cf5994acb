package dev.engram.internal.format;

import dev.engram.CollectionInfo.Kind;
import dev.engram.InvalidInputException;
import dev.engram.Limits;
import dev.engram.Metric;
import dev.engram.Quantization;
import dev.engram.spi.EmbedderIdentity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The description of a collection or space, in {@code config}.
 *
 * <pre>
 *   kind (1: 1 collection, 2 space) | metric (1: 1 cosine, 2 dot, 3 euclidean, 4 manhattan)
 *   epoch (4) | dimension (varint) | created (8) | time to live in ms (8, 0 for none)
 *   recall target (8, float64)
 *   quantization (1: 1 two bits, 2 four, 3 eight, 4 none) | resident (1: 0 or 1)
 *   name, language (texts) | embedder there (1) | provider, model (texts), dimension (varint),
 *   normalised (1)
 * </pre>
 *
 * Version 1 has no quantization, which means eight bits, and nothing resident.
 */
public final class CollectionLayout {
  private static final int VERSION = 2;
  private static final List<Kind> KINDS = List.of(Kind.COLLECTION, Kind.SPACE);
  private static final List<Metric> METRICS =
      List.of(Metric.COSINE, Metric.DOT, Metric.EUCLIDEAN, Metric.MANHATTAN);

  private static final List<Quantization> QUANTIZATIONS =
      List.of(Quantization.BITS_2, Quantization.BITS_4, Quantization.BITS_8, Quantization.NONE);

  private CollectionLayout() {}

  /** What is stored of a collection beside its records. */
  public record Descriptor(
      String name,
      Kind kind,
      Metric metric,
      int epoch,
      int dimension,
      long createdAt,
      long timeToLiveMillis,
      double recallTarget,
      Quantization quantization,
      boolean resident,
      String language,
      @Nullable EmbedderIdentity embedder) {
    /** The same collection under another name. */
    public Descriptor renamed(String newName) {
      return new Descriptor(
          newName,
          kind,
          metric,
          epoch,
          dimension,
          createdAt,
          timeToLiveMillis,
          recallTarget,
          quantization,
          resident,
          language,
          embedder);
    }

    /** The same collection with another recall target. */
    public Descriptor aimingAt(double newTarget) {
      return new Descriptor(
          name,
          kind,
          metric,
          epoch,
          dimension,
          createdAt,
          timeToLiveMillis,
          newTarget,
          quantization,
          resident,
          language,
          embedder);
    }

    /** The same collection whose index ranks by other rows. */
    public Descriptor quantized(Quantization newQuantization) {
      return new Descriptor(
          name,
          kind,
          metric,
          epoch,
          dimension,
          createdAt,
          timeToLiveMillis,
          recallTarget,
          newQuantization,
          resident,
          language,
          embedder);
    }

    /** The same space, whose vectors are made by this embedder from now on. */
    public Descriptor embeddedBy(EmbedderIdentity identity) {
      return new Descriptor(
          name,
          kind,
          metric,
          epoch,
          identity.dimension(),
          createdAt,
          timeToLiveMillis,
          recallTarget,
          quantization,
          resident,
          language,
          identity);
    }
  }

  public static byte[] encode(byte[] key, Descriptor descriptor) {
    ByteWriter out = Frame.start(VERSION, 96);
    out.u8(KINDS.indexOf(descriptor.kind()) + 1).u8(METRICS.indexOf(descriptor.metric()) + 1);
    out.i32(descriptor.epoch()).varint(descriptor.dimension());
    out.i64(descriptor.createdAt()).i64(descriptor.timeToLiveMillis());
    out.i64(Double.doubleToRawLongBits(descriptor.recallTarget()));
    out.u8(QUANTIZATIONS.indexOf(descriptor.quantization()) + 1);
    out.u8(descriptor.resident() ? 1 : 0);
    out.text(descriptor.name()).text(descriptor.language());
    EmbedderIdentity embedder = descriptor.embedder();
    out.u8(embedder == null ? 0 : 1);
    if (embedder != null) {
      out.text(embedder.provider()).text(embedder.model()).varint(embedder.dimension());
      out.u8(embedder.normalised() ? 1 : 0);
    }
    return Frame.seal(key, out);
  }

  public static Descriptor decode(byte[] key, byte[] value) {
    boolean first = Frame.version(value) == 1;
    ByteReader in = Frame.open(key, value, first ? 1 : VERSION, "collection description");
    Kind kind = pick(in, KINDS, "kind");
    Metric metric = pick(in, METRICS, "metric");
    int epoch = in.i32();
    int dimension = dimension(in);
    long createdAt = in.i64();
    long timeToLive = in.i64();
    double recallTarget = Double.longBitsToDouble(in.i64());
    if (!(recallTarget > 0 && recallTarget <= 1)) {
      throw in.damaged("recallTarget=" + recallTarget);
    }
    Quantization quantization =
        first ? Quantization.BITS_8 : pick(in, QUANTIZATIONS, "quantization");
    boolean resident = !first && in.u8() == 1;
    String name = in.text();
    String language = in.text();
    EmbedderIdentity embedder = in.u8() == 0 ? null : embedder(in);
    in.end();
    return new Descriptor(
        name,
        kind,
        metric,
        epoch,
        dimension,
        createdAt,
        timeToLive,
        recallTarget,
        quantization,
        resident,
        language,
        embedder);
  }

  private static int dimension(ByteReader in) {
    long dimension = in.varint();
    if (dimension < 0 || dimension > Limits.MAX_DIMENSION) {
      throw in.damaged("dimension=" + dimension);
    }
    return (int) dimension;
  }

  private static EmbedderIdentity embedder(ByteReader in) {
    try {
      return new EmbedderIdentity(in.text(), in.text(), dimension(in), in.u8() == 1);
    } catch (InvalidInputException e) {
      throw in.damaged(String.valueOf(e.getMessage()));
    }
  }

  private static <T> T pick(ByteReader in, List<T> known, String what) {
    int code = in.u8();
    if (code < 1 || code > known.size()) {
      throw in.damaged("unknown " + what + "=" + code);
    }
    return known.get(code - 1);
  }
}
