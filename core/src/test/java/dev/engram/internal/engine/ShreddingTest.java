package dev.engram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.CollectionConfig;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.Progress;
import dev.engram.SecretKeys;
import dev.engram.VectorRecord;
import dev.engram.internal.log.Family;
import dev.engram.internal.log.LogSnapshot;
import dev.engram.spi.HashingEmbedder;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was deleted is in no row any more, under no key. */
class ShreddingTest {
  @TempDir Path directory;

  @Test
  void nothingOfWhatWasDroppedLastIsSealedAnew() {
    EngramConfig config =
        EngramConfig.at(directory.resolve("store"))
            .encryption(new SecretKeys(1))
            .embedder(new HashingEmbedder(16));
    try (Engram engram = Engram.open(config)) {
      engram.space("s").learn("green tea");
      Map<Family, Integer> before = rows(engram);
      engram.space("secret").learn("the combination of the safe");
      engram
          .collection("d", CollectionConfig.ofDimension(2))
          .upsert(VectorRecord.of("v", new float[] {1, 2}));
      assertEquals(before.get(Family.VECTORS) + 2, rows(engram).get(Family.VECTORS));
      assertTrue(engram.catalog().drop("secret"));
      assertTrue(engram.catalog().drop("d"));
      assertTrue(engram.encryption().orElseThrow().shred(Progress.NONE) > 0);
      Map<Family, Integer> after = rows(engram);
      for (Family family : new Family[] {Family.VECTORS, Family.RECORDS, Family.IDS}) {
        assertEquals(before.get(family), after.get(family), family::title);
      }
      assertEquals(1, after.get(Family.LOG));
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  private static Map<Family, Integer> rows(Engram engram) {
    Map<Family, Integer> rows = new EnumMap<>(Family.class);
    byte[] end = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
    try (LogSnapshot log = ((OpenStore) engram).log().snapshot()) {
      for (Family family : Family.values()) {
        int[] count = {0};
        log.scan(
            family,
            new byte[0],
            end,
            (_, _) -> {
              count[0]++;
              return true;
            });
        rows.put(family, count[0]);
      }
    }
    return rows;
  }
}
