package dev.engram.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.engram.Association;
import dev.engram.InvalidInputException;
import dev.engram.Learning;
import dev.engram.Metric;
import dev.engram.Quantization;
import dev.engram.RecordId;
import dev.engram.testing.Fuzzing;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.TypeConversionException;

/** What somebody may write on the command line, or in the files that it reads. */
class CliFuzzTest {
  @TempDir Path folder;

  @Test
  void durations() {
    DurationText durations = new DurationText();
    Fuzzing.ofTexts("duration", TypeConversionException.class, "30d", "1d12h30m5s7ms", "P3DT4H")
        .inputs(3_000)
        .runTexts(text -> {
          Duration _ = durations.convert(text);
        });
  }

  /** Where nothing is understood, nothing is thrown. */
  private static final class NotUnderstood extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void dates() {
    Fuzzing.ofTexts(
            "date",
            NotUnderstood.class,
            "1:56 pm on 8 May, 2023",
            "8 May 2023",
            "May 8, 2023",
            "2026-01-31",
            "2026-01-31T12:00",
            "2026-01-31T12:00:00.5+01:00")
        .inputs(500)
        .runTexts(text -> {
          Instant _ = SessionDate.parse(text).orElseThrow(NotUnderstood::new);
        });
  }

  @Test
  void valuesOfMetadata() {
    Fuzzing.ofTexts(
            "metadata",
            InvalidInputException.class,
            "true",
            "-42",
            "4.5e3",
            "@2026-01-31T12:00:00Z",
            "'a text'",
            "green tea")
        .inputs(500)
        .runTexts(text -> assertFalse(MetaValue.metadata(Map.of("k", text)).isEmpty()));
  }

  @Test
  void names() {
    Fuzzing.ofTexts("metric", TypeConversionException.class, "cosine", "DOT", "manhattan")
        .runTexts(text -> {
          Metric _ = new MetricName().convert(text);
        });
    Fuzzing.ofTexts("bits", TypeConversionException.class, "2", "4", "8", "none")
        .runTexts(text -> {
          Quantization _ = new QuantizationBits().convert(text);
        });
  }

  /** Whatever a text is, it is split; nothing of it is refused. */
  @Test
  void passages() {
    Fuzzing.ofTexts(
            "passages",
            Fuzzing.Nothing.class,
            "# One\n\nA text. Another one!\n\n## Two\n\n```java\nint a;\n```\n",
            "### Deep \u2003\n# \u2003\n~~~\nno end\n" + "word ".repeat(600),
            "a".repeat(2_500) + "\ud83d\ude00")
        .inputs(500)
        .runTexts(text -> {
          for (boolean markdown : new boolean[] {true, false}) {
            Passages.of(text, markdown).forEach(passage -> assertFalse(passage.text().isBlank()));
          }
        });
  }

  @Test
  void linesOfRecords() {
    JsonRecords records = new JsonRecords(InstantSource.system());
    String line =
        "{\"id\": \"a\", \"text\": \"green tea\", \"occurredAt\": \"2026-01-31\", \"metadata\":"
            + " {\"user\": \"alice\", \"at\": {\"@instant\": \"2024-01-01T00:00:00Z\"}, \"l\": [1,"
            + " 2.5]}, \"provenance\": {\"source\": \"f\"}, \"validFrom\": \"2026-01-01\"}";
    String other = "{\"text\": \"Kyoto\", \"user\": true, \"n\": -9223372036854775808}\n";
    Fuzzing.ofTexts("line of a record", InvalidInputException.class, line, line + "\n")
        .runTexts(text -> read(text, records));
    Fuzzing.ofTexts("line by hand", InvalidInputException.class, other, "\ufeff" + other)
        .runTexts(text -> read(text, records));
  }

  private static void read(String text, JsonRecords records) {
    try (JsonLines<Learning> lines =
        new JsonLines<>("file", new StringReader(text), records::learning, 1 << 20)) {
      while (lines.hasNext()) {
        Learning _ = lines.next();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void linesOfSynapses() {
    Association usual = new Association(RecordId.of("a"), RecordId.of("b"), "R", .5);
    Fuzzing.ofTexts(
            "line of a synapse",
            InvalidInputException.class,
            "{\"from\": \"a\", \"to\": 7, \"relation\": \"R\", \"strength\": 0.5}")
        .runTexts(text -> {
          try (JsonLines<Association> lines =
              new JsonLines<>(
                  "file",
                  new StringReader(text),
                  line -> JsonRecords.association(line, usual),
                  1 << 20)) {
            while (lines.hasNext()) {
              Association _ = lines.next();
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Test
  void conversations() {
    String talk =
        """
        [{"sample_id": "c", "conversation": {"speaker_a": "A", "speaker_b": "B",
          "session_1_date_time": "1:56 pm on 8 May, 2023",
          "session_1": [{"speaker": "A", "dia_id": "D1:1", "text": "green tea"},
                        {"speaker": "B", "dia_id": "D1:2", "text": "", "blip_caption": "a cup"}]},
          "qa": [{"question": "What?", "answer": "tea", "evidence": ["D1:1"], "category": 1}]}]
        """;
    Path file = folder.resolve("talk.json");
    Fuzzing.of(
            "conversation",
            InvalidInputException.class,
            List.of(talk.getBytes(StandardCharsets.UTF_8)))
        .inputs(500)
        .run(bytes -> {
          Files.write(file, bytes);
          for (Conversation conversation : Conversation.read(file)) {
            for (Conversation.Turn turn : conversation.turns()) {
              Learning _ = turn.learning("id", conversation.id());
            }
          }
        });
  }
}
