package dev.engram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo, with the kill. */
class DemoTest {
  @TempDir Path directory;

  @Test
  void showsTheMainJobAndLosesNothingWhenKilled() throws IOException {
    Path documents = Files.createDirectory(directory.resolve("documents"));
    Files.writeString(
        documents.resolve("a.md"), "# Power\n\nWhen the power fails, acknowledged data stays.\n");
    Files.writeString(
        documents.resolve("b.md"), "# Score\n\nA score is a sum that is explained.\n");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] arguments = {
      "demo",
      "--embedder",
      "none",
      "--documents",
      documents.toString(),
      "--keep",
      directory.resolve("kept").toString()
    };
    int code =
        Cli.run(
            arguments,
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    String printed = out.toString(StandardCharsets.UTF_8);
    assertEquals(0, code, () -> printed + err.toString(StandardCharsets.UTF_8));
    assertTrue(printed.contains("lost 0, half there 0, check found nothing wrong"), printed);
    assertTrue(printed.contains("RELATED, weight 0.19"), printed);
  }
}
