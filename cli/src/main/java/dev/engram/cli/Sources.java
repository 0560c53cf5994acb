package dev.engram.cli;

import dev.engram.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Finds the files of an import, tells what they are, and reads them. Stateless. */
final class Sources {
  /** Largest text file that is read. */
  static final long MAX_TEXT_FILE_BYTES = 64L * 1024 * 1024;

  /** Largest file of conversations that is read. */
  static final long MAX_CONVERSATIONS_BYTES = 256L * 1024 * 1024;

  private static final Set<String> OUTPUT = Set.of("target", "build", "node_modules", "dist");
  private static final int LOOK_BYTES = 4096;

  /** What a file holds. */
  enum Kind {
    TEXT,
    MARKDOWN,
    JSON_LINES,
    CONVERSATIONS
  }

  private Sources() {}

  /** What a file holds, by its name and, for JSON and unknown names, by how it begins. */
  static Kind kind(Path file) throws IOException {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".md") || name.endsWith(".markdown")) {
      return Kind.MARKDOWN;
    }
    if (name.endsWith(".txt")) {
      return Kind.TEXT;
    }
    String start = start(file);
    if (start.startsWith("{") || name.endsWith(".jsonl") || name.endsWith(".ndjson")) {
      return Kind.JSON_LINES;
    }
    if (start.startsWith("[") || name.endsWith(".json")) {
      return Kind.CONVERSATIONS;
    }
    if (start.indexOf('\0') >= 0) {
      throw new InvalidInputException("cannot import file: file=" + file + ", it is not text");
    }
    return Kind.TEXT;
  }

  /** Whether a file is text by its name. */
  static boolean isNamedText(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".md") || name.endsWith(".markdown") || name.endsWith(".txt");
  }

  /** Whether a file begins as JSON does, and so is not compressed. */
  static boolean startsAsJson(Path file) throws IOException {
    String start = start(file);
    return start.startsWith("{") || start.startsWith("\ufeff{");
  }

  private static String start(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return new String(in.readNBytes(LOOK_BYTES), StandardCharsets.UTF_8).stripLeading();
    }
  }

  /**
   * The Markdown and text files of a folder, sorted. Leaves out hidden files and folders, build
   * output, and what symbolic links lead to.
   */
  static List<Path> textFiles(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
            String name = path.getFileName() == null ? "" : path.getFileName().toString();
            boolean skip = name.startsWith(".") || OUTPUT.contains(name);
            return skip && !path.equals(folder)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && isText(path)) {
              files.add(path);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    Collections.sort(files);
    return files;
  }

  private static boolean isText(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return !name.startsWith(".")
        && (name.endsWith(".md") || name.endsWith(".markdown") || name.endsWith(".txt"));
  }

  /** A whole file, as strict UTF-8 without a byte order mark. */
  static String text(Path file, long maxBytes) throws IOException {
    byte[] bytes = bytes(file, maxBytes);
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.startsWith("\ufeff") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new InvalidInputException(
          "cannot import file: file=" + file + ", it is not UTF-8; convert it", e);
    }
  }

  /** A whole file of a bounded size. */
  static byte[] bytes(Path file, long maxBytes) throws IOException {
    requireFile(file);
    long size = Files.size(file);
    if (size > maxBytes) {
      throw new InvalidInputException(
          "cannot import file: file=" + file + ", bytes=" + size + ", allowed=" + maxBytes);
    }
    return Files.readAllBytes(file);
  }

  static void requireFile(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    if (!Files.isRegularFile(file) && !Files.isDirectory(file)) {
      throw new InvalidInputException(
          "cannot import: file="
              + file
              + ", it is neither a file nor a folder; write it to a file, or use 'learn -'");
    }
  }
}
