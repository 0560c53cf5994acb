package dev.engram.formats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.Engram;
import dev.engram.Export;
import dev.engram.Import;
import dev.engram.Memory;
import dev.engram.Progress;
import dev.engram.RecordId;
import dev.engram.Transfer;
import dev.engram.TransferReport;
import java.io.ByteArrayInputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Of the twenty tests, each of which one of the systems that Engram follows fails, those that are
 * about exports; by their numbers.
 */
class TwentyTests {
  private final SetClock clock = new SetClock();

  static Stream<Arguments> formsAndCompressions() {
    try (Engram engram = Sample.empty(new SetClock())) {
      Transfer transfer = engram.transfer();
      return Sample.forms(engram).stream()
          .flatMap(form ->
              Stream.concat(Stream.of("none"), transfer.compressions().stream())
                  .map(codec -> Arguments.of(form, codec)))
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("formsAndCompressions")
  void test7EveryCodecTimesEveryFormatRoundTrips(String form, String codec) {
    try (Engram engram = Sample.full(clock);
        Engram other = Sample.empty(clock)) {
      Export export = Export.everything().format(form);
      byte[] bytes =
          Sample.export(engram, codec.equals("none") ? export : export.compression(codec));
      TransferReport report =
          other.transfer().read(Import.exact(), new ByteArrayInputStream(bytes), Progress.NONE);
      assertEquals(form, report.format());
      assertEquals(
          codec.equals("none") ? Optional.empty() : Optional.of(codec), report.compression());
      assertEquals(List.of(Sample.SPACE, Sample.DOCS), report.collections());
      assertEquals(0, report.skipped());
      Sample.assertSame(engram, other);
    }
  }

  @Test
  void test5IdsOfEveryShapeRoundTripThroughExport() {
    List<RecordId> ids = Sample.idsOfEveryShape();
    try (Engram engram = Sample.full(clock);
        Engram other = Sample.empty(clock)) {
      for (String form : Sample.forms(engram)) {
        byte[] bytes = Sample.export(engram, Export.of(Sample.SPACE).format(form));
        other
            .transfer()
            .read(Import.exact().intoSpace(form), new ByteArrayInputStream(bytes), Progress.NONE);
        Set<RecordId> found =
            Sample.memories(other.space(form)).stream().map(Memory::id).collect(Collectors.toSet());
        assertTrue(found.containsAll(ids), form);
        Set<RecordId> joined = new HashSet<>();
        other.space(form).neighbours(ids.getFirst()).forEach(each -> joined.add(each.to()));
        assertTrue(joined.containsAll(List.of(ids.get(1), ids.getLast())), form);
        assertTrue(other.check().ok());
      }
    }
  }
}
