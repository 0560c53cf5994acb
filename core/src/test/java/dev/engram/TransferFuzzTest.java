package dev.engram;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.testing.Fuzzing;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Arrays of vectors that nobody exported. */
class TransferFuzzTest {
  private static byte[] export(Engram engram, Export export) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    engram.transfer().write(export, out, Progress.NONE);
    return out.toByteArray();
  }

  /** Each form by itself, and in the compression that is the core's own. */
  @Test
  void arraysOfVectors() {
    try (Engram engram = Engram.inMemory()) {
      VectorCollection docs = engram.collection("d", CollectionConfig.ofDimension(3));
      for (int i = 1; i < 9; i++) {
        docs.upsert(VectorRecord.of(RecordId.of(i), new float[] {i, 2, -i}));
      }
      for (String form : List.of("npy", "fvecs")) {
        Export plain = Export.everything().format(form);
        byte[] one = export(engram, plain);
        byte[] packed = export(engram, plain.compression("gzip"));
        Fuzzing.of(form, EngramException.class, List.of(one, packed))
            .inputs(200)
            .allowing(64 << 20)
            .run(bytes -> read(engram, bytes));
      }
      assertTrue(engram.check().ok(), () -> engram.check().toString());
    }
  }

  /** Puts them into a collection that is dropped again. */
  private static void read(Engram engram, byte[] bytes) {
    try {
      TransferReport _ =
          engram
              .transfer()
              .read(
                  Import.exact().intoCollection("other"),
                  new ByteArrayInputStream(bytes),
                  Progress.NONE);
    } finally {
      boolean _ = engram.catalog().drop("other");
    }
  }
}
