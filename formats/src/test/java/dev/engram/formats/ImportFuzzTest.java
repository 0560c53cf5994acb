package dev.engram.formats;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.CollectionConfig;
import dev.engram.CollectionInfo;
import dev.engram.Engram;
import dev.engram.EngramException;
import dev.engram.Export;
import dev.engram.Import;
import dev.engram.Learning;
import dev.engram.Memory;
import dev.engram.MemorySpace;
import dev.engram.Progress;
import dev.engram.Provenance;
import dev.engram.RecordId;
import dev.engram.Synapse;
import dev.engram.TransferReport;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import dev.engram.testing.Fuzzing;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Imports that nobody exported, of every form, compressed or not. */
class ImportFuzzTest {
  private static final long BUFFERS = 96 << 20;

  private final SetClock clock = new SetClock();
  private final Engram source = Sample.empty(clock);
  private final Engram target = Sample.empty(clock);

  @AfterEach
  void close() {
    assertTrue(target.check().ok(), () -> target.check().toString());
    source.close();
    target.close();
  }

  private void fill() {
    MemorySpace space = source.space("space");
    Memory tea =
        space.learn(
            Learning.of("green tea")
                .withMetadata(Sample.metadata())
                .from(new Provenance("diary", "3"))
                .occurredAt(Instant.parse("2024-05-04T03:02:01.123Z"))
                .withTimeToLive(Duration.ofDays(900)));
    Memory kyoto = space.learn(Learning.of("Kyoto").withId(RecordId.of(7)));
    Synapse _ = space.associate(tea.id(), kyoto.id());
    VectorCollection docs = source.collection("docs", CollectionConfig.ofDimension(2));
    docs.upsert(VectorRecord.of("a", new float[] {.1f, -7}));
    docs.upsert(VectorRecord.ofText("words", "a text"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"jsonl", "json", "msgpack", "sqlite", "memories", "mcp"})
  void everyForm(String form) {
    fill();
    Export plain =
        form.equals("memories") || form.equals("mcp") ? Export.of("space") : Export.everything();
    List<byte[]> files = new ArrayList<>();
    files.add(Sample.export(source, plain.format(form)));
    for (String codec : source.transfer().compressions()) {
      files.add(Sample.export(source, plain.format(form).compression(codec)));
    }
    boolean slow = form.equals("sqlite") || form.equals("memories") || form.equals("mcp");
    Fuzzing.of(form, EngramException.class, files)
        .inputs(slow ? 200 : 500)
        .allowing(BUFFERS)
        .run(this::take);
  }

  @Test
  void whatSomebodyWroteByHand() {
    String lines =
        """
        {"id": "a", "text": "green tea", "at": {"@instant": "2024-01-01T00:00:00Z"}}
        {"text": "Kyoto", "metadata": {"@@instant": [1, 2.5, true, null]}, "importance": 0.5}
        {"from": "a", "to": "a", "relation": "R", "strength": 0.5}
        {"id": 18446744073709551615, "vector": [1, -2e3]}
        """;
    Fuzzing.of(
            "lines by hand", EngramException.class, List.of(lines.getBytes(StandardCharsets.UTF_8)))
        .inputs(600)
        .allowing(BUFFERS)
        .run(bytes -> {
          TransferReport _ =
              target
                  .transfer()
                  .verify(
                      Import.exact().intoSpace("hand"),
                      new ByteArrayInputStream(bytes),
                      Progress.NONE);
        });
  }

  /** Looks at it, and takes it in; what came of it is dropped. */
  private void take(byte[] bytes) {
    TransferReport found =
        target.transfer().verify(Import.exact(), new ByteArrayInputStream(bytes), Progress.NONE);
    boolean foreign = found.collections().stream().allMatch(String::isEmpty);
    Import how = foreign ? Import.exact().intoSpace("other") : Import.exact();
    try {
      TransferReport _ =
          target.transfer().read(how, new ByteArrayInputStream(bytes), Progress.NONE);
    } finally {
      for (CollectionInfo each : target.catalog().list()) {
        boolean _ = target.catalog().drop(each.name());
      }
    }
  }
}
