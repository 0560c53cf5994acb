package dev.engram.internal.engine;

import dev.engram.CorruptStoreException;
import dev.engram.ExistsException;
import dev.engram.MismatchException;
import dev.engram.NotFoundException;
import dev.engram.StorageException;
import dev.engram.internal.backup.Restoration;
import dev.engram.internal.log.Directories;
import dev.engram.internal.log.StoreKeys;
import dev.engram.internal.log.StoreLock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What lies in a store's directory. */
final class StoreFiles {
  /** The directory of the log. */
  static final String LOG = "log";

  /** The directory of the views, one directory each. */
  static final String VIEWS = "views";

  /** A copy of the log on which a repair is tried; there only while one is under way. */
  static final String TRIAL = "repair-trial";

  /** Says that a store was made here: from then on a missing log is damage, not a new store. */
  static final String MARK = "engram.store";

  /** What may lie in the directory before the store is made. */
  private static final Set<String> OWN =
      Set.of(
          StoreLock.FILE,
          LOG,
          VIEWS,
          TRIAL,
          MARK + ".tmp",
          StoreKeys.FILE,
          StoreKeys.FILE + ".tmp",
          Restoration.DIRECTORY);

  private static final String FORMAT = "1";
  private static final String MARK_TEXT = "An Engram store. Format " + FORMAT + ".\n";
  private static final Pattern ANY_MARK =
      Pattern.compile("An Engram store\\. Format ([0-9]{1,9})\\.\n");

  private StoreFiles() {}

  /** Notes, durably, that the store was made. */
  static void mark(Path directory) {
    Path mark = directory.resolve(MARK);
    if (Files.exists(mark)) {
      return;
    }
    try {
      Directories.publish(mark, MARK_TEXT.getBytes(StandardCharsets.UTF_8), () -> {});
    } catch (IOException e) {
      throw new StorageException("cannot mark the store: path=" + directory, e);
    }
  }

  /** Whether a store was made here, wholly or up to its log. */
  static boolean isMade(Path directory) {
    return Files.exists(directory.resolve(MARK))
        || Files.exists(directory.resolve(LOG).resolve("CURRENT"));
  }

  /**
   * Checks that a store of this format was made here, whatever has become of its log.
   *
   * @throws NotFoundException where there is none
   */
  static void requireMade(Path directory) {
    if (!Files.exists(directory.resolve(MARK))) {
      throw new NotFoundException(
          "there is no store here: path=" + directory + "; name the directory of a store");
    }
    requireFormat(directory.resolve(MARK));
  }

  /**
   * Checks that a store can be opened or made here.
   *
   * @throws NotFoundException where there is none and none is to be made
   * @throws MismatchException where the directory holds something else, or a store of another
   *     format
   * @throws CorruptStoreException where its mark is damaged, or its log is gone
   */
  static void require(Path directory, boolean create) {
    boolean hasLog = Files.exists(directory.resolve(LOG).resolve("CURRENT"));
    if (Files.exists(directory.resolve(MARK))) {
      requireFormat(directory.resolve(MARK));
      if (!hasLog) {
        throw new CorruptStoreException(
            "the log is gone: path="
                + directory
                + ", missing=log/CURRENT; restore the store from a"
                + " backup");
      }
    } else if (!hasLog) {
      requireFresh(directory, create);
    }
  }

  private static void requireFormat(Path mark) {
    Matcher text = ANY_MARK.matcher(read(mark));
    if (!text.matches()) {
      throw new CorruptStoreException(
          "the store's mark is damaged: path="
              + mark
              + "; where nothing else is, write this line into it: "
              + MARK_TEXT.strip());
    }
    if (!text.group(1).equals(FORMAT)) {
      throw new MismatchException(
          "the store has another format: stored="
              + text.group(1)
              + ", supported="
              + FORMAT
              + "; open it with the version of Engram that made it");
    }
  }

  private static String read(Path mark) {
    try {
      // What is no text is damage as well, and not the device's fault.
      return new String(Files.readAllBytes(mark), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new StorageException("cannot read the store's mark: path=" + mark, e);
    }
  }

  /** There is no store yet, or one whose making was cut short. */
  private static void requireFresh(Path directory, boolean create) {
    if (!create) {
      throw new NotFoundException(
          "there is no store here: path=" + directory + "; make one, or name another directory");
    }
    if (!strangers(directory).isEmpty()) {
      throw new MismatchException(
          "the directory holds something else: path="
              + directory
              + "; name a store, or a new or empty directory");
    }
  }

  static void requireNewOrEmpty(Path directory) {
    boolean begun =
        Files.exists(directory.resolve(LOG)) || Files.exists(directory.resolve(StoreKeys.FILE));
    if (begun || !strangers(directory).isEmpty()) {
      throw new ExistsException(
          "the directory is not empty: path=" + directory + "; name a new or empty one");
    }
  }

  private static List<Path> strangers(Path directory) {
    if (!Files.exists(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(f -> !OWN.contains(f.getFileName().toString())).toList();
    } catch (IOException e) {
      throw new StorageException(
          "cannot read the directory: path=" + directory + "; check that it is one and may be read",
          e);
    }
  }
}
