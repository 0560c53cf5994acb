package dev.engram.bench;

import dev.engram.Metric;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which vectors a command line asks for. */
final class VectorInput {
  private static final int COUNT = 100_000;
  private static final int QUICK_COUNT = 20_000;
  private static final int DIMENSION = 384;

  private VectorInput() {}

  /**
   * Reads or makes the vectors. The first {@code --count} of a file are the base and the next
   * thousand the queries; of texts the last thousand distinct lines are the queries.
   */
  static Vectors of(Options options) throws IOException {
    String texts = options.text("--text");
    if (texts != null) {
      String cache = options.text("--cache");
      float[][] rows =
          EmbeddedTexts.read(
              Path.of(texts), cache == null ? null : Path.of(cache), Integer.MAX_VALUE);
      int most = options.number("--count", Integer.MAX_VALUE);
      return split(Path.of(texts), leaving(most, rows), options, Metric.COSINE);
    }
    String bytes = options.text("--u8");
    if (bytes != null) {
      return file(VectorFile.U8, Path.of(bytes), options, Metric.EUCLIDEAN);
    }
    String floats = options.text("--f32");
    if (floats != null) {
      return file(VectorFile.F32, Path.of(floats), options, Metric.COSINE);
    }
    String fvecs = options.text("--fvecs");
    if (fvecs != null) {
      return file(VectorFile.FVECS, Path.of(fvecs), options, Metric.COSINE);
    }
    return GeneratedVectors.of(
        options.number("--count", options.has("--quick") ? QUICK_COUNT : COUNT),
        options.number("--dimension", DIMENSION),
        metric(options.text("--metric"), Metric.COSINE),
        "out".equals(options.text("--queries")),
        1);
  }

  /** So many rows, and the last thousand. */
  private static float[][] leaving(int most, float[][] rows) {
    int queries = Math.min(rows.length, Vectors.QUERIES);
    int base = Math.min(most, rows.length - queries);
    float[][] left = Arrays.copyOf(rows, base + queries);
    System.arraycopy(rows, rows.length - queries, left, base, queries);
    return left;
  }

  private static Vectors file(VectorFile kind, Path file, Options options, Metric usual)
      throws IOException {
    int limit = options.number("--count", options.has("--quick") ? QUICK_COUNT : Integer.MAX_VALUE);
    int rows = limit > Integer.MAX_VALUE - Vectors.QUERIES ? limit : limit + Vectors.QUERIES;
    return split(
        file, kind.read(file, options.number("--dimension", DIMENSION), rows), options, usual);
  }

  private static Vectors split(Path file, float[][] rows, Options options, Metric usual) {
    if (rows.length < 2 * Vectors.QUERIES) {
      throw new IllegalArgumentException(
          "too few vectors: file=" + file + ", vectors=" + rows.length + "; give 2,000 or more");
    }
    String name =
        file.getFileName() + " " + (rows.length - Vectors.QUERIES) + " x " + rows[0].length;
    return Vectors.split(name, metric(options.text("--metric"), usual), rows);
  }

  private static Metric metric(@Nullable String name, Metric usual) {
    Metric metric = name == null ? usual : Metric.valueOf(name.toUpperCase(Locale.ROOT));
    if (metric == Metric.MANHATTAN) {
      throw new IllegalArgumentException("not measured: metric=manhattan; no peer has it");
    }
    return metric;
  }
}
