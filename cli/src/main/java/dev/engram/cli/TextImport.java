package dev.engram.cli;

import dev.engram.Learning;
import dev.engram.Metadata;
import dev.engram.Provenance;
import dev.engram.RecordId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Reads text and Markdown files as passages to learn. The id of a passage is {@code
 * folder/file#hash}, made of what it says and not of where it stands, so that a passage that did
 * not change keeps its id when lines move. Stateless.
 */
final class TextImport {
  /** Metadata key of the file. */
  static final String SOURCE = "source";

  /** Metadata key of the headings above a passage. */
  static final String HEADING = "heading";

  private static final int HASH_BYTES = 6;

  private TextImport() {}

  /** The passages of a file, or of all text files of a folder; read as they are asked for. */
  static Iterator<Learning> learnings(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return of(path, path.getFileName().toString()).iterator();
    }
    Path folder = path.toRealPath();
    String name = folder.getFileName() == null ? "" : folder.getFileName() + "/";
    return Sources.textFiles(folder).stream()
        .flatMap(file -> unchecked(file, name + relative(folder, file)).stream())
        .iterator();
  }

  private static String relative(Path folder, Path file) {
    return folder.relativize(file).toString().replace('\\', '/');
  }

  private static List<Learning> unchecked(Path file, String source) {
    try {
      return of(file, source);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Learning> of(Path file, String source) throws IOException {
    boolean markdown = Sources.kind(file) == Sources.Kind.MARKDOWN;
    String text = Sources.text(file, Sources.MAX_TEXT_FILE_BYTES);
    Map<String, Integer> seen = new HashMap<>();
    List<Learning> learnings = new ArrayList<>();
    for (Passages.Passage passage : Passages.of(text, markdown)) {
      String id = source + "#" + hash(passage.text());
      int times = seen.merge(id, 1, Integer::sum);
      learnings.add(learning(passage, source, times == 1 ? id : id + "-" + times));
    }
    return learnings;
  }

  private static Learning learning(Passages.Passage passage, String source, String id) {
    Metadata metadata = Metadata.of(SOURCE, source);
    if (!passage.heading().isEmpty()) {
      metadata = metadata.with(HEADING, passage.heading());
    }
    return Learning.of(passage.text())
        .withId(RecordId.of(id))
        .withMetadata(metadata)
        .from(new Provenance(source, Integer.toString(passage.line())))
        .allowDuplicates();
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
