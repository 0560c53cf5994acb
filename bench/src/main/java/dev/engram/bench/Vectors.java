package dev.engram.bench;

import dev.engram.Metric;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPInputStream;

/**
 * Vectors to measure with, and queries that are not among them.
 *
 * @param base one vector an ordinal
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Vectors(String name, Metric metric, float[][] base, float[][] queries) {
  private static final int QUERIES = 1_000;
  private static final int CLUSTERS = 500;
  private static final int RANK = 24;

  int dimension() {
    return base[0].length;
  }

  /** Clustered vectors near a space of few dimensions, as those of texts are; unit length. */
  static Vectors generated(int count, int dimension, long seed) {
    Random shape = new Random(seed);
    float[][] basis = gaussians(RANK, dimension, shape);
    float[][] centres = gaussians(CLUSTERS, RANK, shape);
    Random random = new Random(seed + 1);
    return new Vectors(
        "generated " + count + " x " + dimension,
        Metric.COSINE,
        drawn(count, dimension, basis, centres, random),
        drawn(QUERIES, dimension, basis, centres, random));
  }

  /** Raw bytes, gzipped or not: rows of unsigned bytes; the last thousand are the queries. */
  static Vectors bytes(Path file, int dimension, int limit) throws IOException {
    boolean packed = file.toString().endsWith(".gz");
    byte[] all;
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(file));
        DataInputStream in = new DataInputStream(packed ? new GZIPInputStream(raw) : raw)) {
      all = in.readAllBytes();
    }
    int rows = Math.min(limit + QUERIES, all.length / dimension);
    int skip = all.length % dimension;
    float[][] vectors = new float[rows][dimension];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < dimension; j++) {
        vectors[i][j] = all[skip + i * dimension + j] & 0xFF;
      }
    }
    float[][] base = java.util.Arrays.copyOf(vectors, rows - QUERIES);
    float[][] queries = java.util.Arrays.copyOfRange(vectors, rows - QUERIES, rows);
    return new Vectors(file.getFileName().toString(), Metric.EUCLIDEAN, base, queries);
  }

  private static float[][] drawn(
      int count, int dimension, float[][] basis, float[][] centres, Random random) {
    float[][] rows = new float[count][dimension];
    for (float[] row : rows) {
      float[] centre = centres[random.nextInt(CLUSTERS)];
      for (int r = 0; r < RANK; r++) {
        float along = centre[r] + .6f * (float) random.nextGaussian();
        for (int j = 0; j < dimension; j++) {
          row[j] += along * basis[r][j];
        }
      }
      for (int j = 0; j < dimension; j++) {
        row[j] += .3f * (float) random.nextGaussian();
      }
      toUnit(row);
    }
    return rows;
  }

  private static void toUnit(float[] row) {
    double squares = 0;
    for (float component : row) {
      squares += component * (double) component;
    }
    float scale = (float) (1 / Math.sqrt(squares));
    for (int j = 0; j < row.length; j++) {
      row[j] *= scale;
    }
  }

  private static float[][] gaussians(int count, int dimension, Random random) {
    float[][] rows = new float[count][dimension];
    for (float[] row : rows) {
      for (int j = 0; j < dimension; j++) {
        row[j] = (float) random.nextGaussian();
      }
    }
    return rows;
  }
}
