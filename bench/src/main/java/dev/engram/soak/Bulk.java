package dev.engram.soak;

import dev.engram.Metadata;
import dev.engram.RecordId;
import dev.engram.VectorRecord;
import java.util.SplittableRandom;

/** The large collection: vectors enough that its index writes segments and partitions. */
final class Bulk {
  static final String NAME = "bulk";
  static final String VERSION = "version";
  static final int DIMENSION = 8;
  static final int SIZE = 5_000;

  private Bulk() {}

  static RecordId id(int number) {
    return RecordId.of(number);
  }

  static VectorRecord record(int number, int version) {
    return VectorRecord.of(id(number), vector(number, version))
        .withMetadata(Metadata.of(VERSION, version));
  }

  static float[] vector(int number, int version) {
    SplittableRandom random = new SplittableRandom(31L * number + version * 1_000_003L);
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return vector;
  }
}
