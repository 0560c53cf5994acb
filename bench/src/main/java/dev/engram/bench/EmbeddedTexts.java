package dev.engram.bench;

import dev.engram.embeddings.MiniLmEmbedder;
import dev.engram.spi.Embedder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Vectors of the distinct lines of a file, by the local model; slow, and so kept in a file. */
final class EmbeddedTexts {
  private static final int BATCH = 512;

  private EmbeddedTexts() {}

  /**
   * Embeds the distinct lines that are not blank, in their order. What the cache holds is taken
   * from there; what is new is added to it batch by batch, so that an ended run goes on where it
   * was.
   *
   * @param cache an fvecs file of the same lines, or where to make one; null for none
   * @param limit at most so many lines
   */
  static float[][] read(Path file, @Nullable Path cache, int limit) throws IOException {
    List<String> lines;
    try (var all = Files.lines(file)) {
      lines = all.map(String::strip).filter(l -> !l.isEmpty()).distinct().limit(limit).toList();
    }
    float[][] vectors = new float[lines.size()][];
    float[][] known =
        cache != null && Files.exists(cache)
            ? VectorFile.FVECS.read(cache, 0, lines.size())
            : new float[0][];
    System.arraycopy(known, 0, vectors, 0, known.length);
    try (MiniLmEmbedder embedder = new MiniLmEmbedder()) {
      embed(embedder, lines, known.length, vectors, cache);
    }
    return vectors;
  }

  private static void embed(
      Embedder embedder, List<String> lines, int from, float[][] vectors, @Nullable Path cache)
      throws IOException {
    long started = System.nanoTime();
    for (int i = from; i < lines.size(); i += BATCH) {
      int to = Math.min(lines.size(), i + BATCH);
      List<float[]> batch = embedder.embed(lines.subList(i, to));
      for (int j = i; j < to; j++) {
        vectors[j] = batch.get(j - i);
      }
      if (cache != null) {
        VectorFile.append(cache, batch);
      }
      double rate = (to - from) / ((System.nanoTime() - started) / 1e9);
      System.err.printf(
          Locale.ROOT, "\rembedded %,d of %,d lines, %,.0f/s ", to, lines.size(), rate);
    }
    if (from < lines.size()) {
      System.err.println();
    }
  }
}
