package dev.engram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.engram.Progress.Update;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);

  @Test
  void showsNothingInTheFirstSecondAndWipesItselfAtTheEnd() {
    try (ProgressLine line = line(true)) {
      line.report(new Update("learn", 10, -1, ""));
      assertEquals("", shown());
      now.set(Instant.ofEpochSecond(2));
      line.report(new Update("learn", 3000, -1, ""));
      line.report(new Update("learn", 3001, -1, ""));
      assertEquals("\r\u001b[Klearn: 3,000, 1,500/s", shown());
      now.set(Instant.ofEpochSecond(4));
      line.report(new Update("embed", 50, 200, ""));
    }
    assertEquals(
        "\r\u001b[Klearn: 3,000, 1,500/s\r\u001b[Kembed: 50 of 200, 25 %, 13/s\r\u001b[K", shown());
  }

  @Test
  void showsNothingWhereNobodyLooks() {
    try (ProgressLine line = line(false)) {
      now.set(Instant.ofEpochSecond(9));
      line.report(new Update("learn", 10, -1, ""));
    }
    assertEquals("", shown());
  }

  @Test
  void linesThatAreTooLongAreRefused() {
    JsonLines<String> lines =
        new JsonLines<>("a", new StringReader("{}\n{     }"), Object::toString, 5);
    assertEquals("{}", lines.next());
    RuntimeException failure = Assertions.assertThrows(RuntimeException.class, lines::next);
    assertEquals(
        "cannot read line: file=a, line=2: it is longer than 5 characters", failure.getMessage());
    JsonLines<String> none = new JsonLines<>("a", new StringReader(""), Object::toString, 5);
    Assertions.assertThrows(NoSuchElementException.class, none::next);
  }

  private ProgressLine line(boolean wanted) {
    PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    return new ProgressLine(err, wanted, now::get);
  }

  private String shown() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
