package dev.engram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class DurationTextTest {
  @ParameterizedTest
  @CsvSource({
    "30d, P30D",
    "12h, PT12H",
    "1d12h, PT36H",
    "2w, P14D",
    "90m, PT90M",
    "45s, PT45S",
    "250ms, PT0.25S",
    "P1DT2H, PT26H",
    "0s, PT0S"
  })
  void readsUnitsAndIso(String text, String iso) {
    assertEquals(Duration.parse(iso), new DurationText().convert(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "30", "d", "3 d", "-1d", "1y", "P", "30days", "9999999999d"})
  void refusesWhatIsNone(String text) {
    assertThrows(TypeConversionException.class, () -> new DurationText().convert(text));
  }

  @Test
  void refusesWhatIsTooLongForOne() {
    DurationText durations = new DurationText();
    assertEquals(Duration.ofDays(50), durations.convert("1d".repeat(50)));
    for (int parts : new int[] {51, 60_000}) {
      assertThrows(
          TypeConversionException.class, () -> durations.convert("1d".repeat(parts)), "" + parts);
    }
  }

  @Test
  void readsWhatItWrites() {
    for (long millis : new long[] {0, 1, 999, 60_000, 5_400_000, 86_400_000, 1_234_567_890L}) {
      Duration duration = Duration.ofMillis(millis);
      assertEquals(duration, new DurationText().convert(DurationText.of(duration)));
    }
    assertEquals("1d12h", DurationText.of(Duration.ofHours(36)));
  }
}
