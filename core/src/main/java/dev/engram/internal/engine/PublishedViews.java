package dev.engram.internal.engine;

import dev.engram.CorruptStoreException;
import dev.engram.StorageException;
import dev.engram.internal.log.Directories;
import dev.engram.internal.text.TextIndex;
import dev.engram.internal.vector.SegmentDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Gives the files that views have published a second place, while the views work on. What cannot be
 * had is left out, since every view can be rebuilt. Static functions only.
 */
final class PublishedViews {
  /** A view that publishes during every attempt is left out. */
  private static final int ATTEMPTS = 3;

  private PublishedViews() {}

  /** The names of the files of a view's directory, the one that names the others first. */
  @FunctionalInterface
  private interface Names {
    List<String> of(Path directory) throws IOException;
  }

  /**
   * Links, or copies, the files of the text index and of the vector indexes.
   *
   * @param views the directory of the views; need not be there
   * @param target is made
   */
  static void copy(Path views, Path target) {
    Directories.makePrivate(target);
    try {
      copy(views.resolve(TextView.NAME), target.resolve(TextView.NAME), TextIndex::committedFiles);
      Path vectors = views.resolve(VectorKind.NAME);
      for (Path index : directories(vectors)) {
        Path copy = target.resolve(VectorKind.NAME).resolve(index.getFileName());
        copy(index, copy, SegmentDirectory::published);
      }
    } catch (IOException e) {
      throw new StorageException("the views cannot be copied: path=" + target + ", why=" + e, e);
    }
  }

  private static List<Path> directories(Path parent) throws IOException {
    if (!Files.isDirectory(parent)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(parent)) {
      return all.filter(Files::isDirectory).toList();
    }
  }

  private static void copy(Path from, Path to, Names names) {
    for (int i = 0; i < ATTEMPTS; i++) {
      if (copied(from, to, names)) {
        return;
      }
      Directories.delete(to);
    }
  }

  /** False where something was published meanwhile, so that files may be missing. */
  private static boolean copied(Path from, Path to, Names names) {
    try {
      List<String> files = names.of(from);
      if (files.isEmpty()) {
        return true;
      }
      Directories.makePrivate(to);
      for (String file : files) {
        Directories.link(from.resolve(file), to.resolve(file));
      }
      return Files.mismatch(from.resolve(files.getFirst()), to.resolve(files.getFirst())) < 0;
    } catch (CorruptStoreException | IOException e) {
      return false;
    }
  }
}
