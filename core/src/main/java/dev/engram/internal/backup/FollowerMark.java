package dev.engram.internal.backup;

import dev.engram.CorruptStoreException;
import dev.engram.ReadOnlyException;
import dev.engram.StorageException;
import dev.engram.internal.log.Directories;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says that the store in a directory is a follower: lines of text, written in one step.
 *
 * <pre>
 *   An Engram follower. Format 1.
 *   of STORE                        whose archive it follows
 *   becoming STORE                  only while it is promoted: who it will be
 * </pre>
 *
 * @param of whose archive it follows
 * @param becoming who it will be; empty unless its promotion has begun
 */
public record FollowerMark(UUID of, Optional<UUID> becoming) {
  /** The file, in the directory of the store. */
  public static final String FILE = "engram.follower";

  private static final String ID = "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})";
  private static final String FIRST_LINE = "An Engram follower. Format 1.\n";
  private static final Pattern TEXT =
      Pattern.compile(Pattern.quote(FIRST_LINE) + "of " + ID + "\n(?:becoming " + ID + "\n)?");

  /** Of a follower that nobody promotes. */
  public FollowerMark(UUID of) {
    this(of, Optional.empty());
  }

  /** The same, but it is promoted. */
  public FollowerMark becoming(UUID id) {
    return new FollowerMark(of, Optional.of(id));
  }

  /** Whether the store in a directory is a follower. */
  public static boolean isIn(Path directory) {
    return Files.exists(directory.resolve(FILE));
  }

  /**
   * The mark in a directory; empty where there is none.
   *
   * @throws CorruptStoreException where it cannot be understood
   */
  public static Optional<FollowerMark> find(Path directory) {
    if (!isIn(directory)) {
      return Optional.empty();
    }
    Path file = directory.resolve(FILE);
    try {
      byte[] bytes = Files.readAllBytes(file);
      Matcher text = TEXT.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
      if (!text.matches()) {
        throw new CorruptStoreException(
            "the mark of a follower is damaged: path="
                + file
                + "; delete the directory and follow again");
      }
      Optional<UUID> next = Optional.ofNullable(text.group(2)).map(UUID::fromString);
      return Optional.of(new FollowerMark(UUID.fromString(text.group(1)), next));
    } catch (IOException e) {
      throw new StorageException("cannot read the mark of a follower: path=" + file, e);
    }
  }

  /** Refuses a directory with a follower in it, for what would make it another store. */
  public static void refuse(Path directory, String act) {
    if (isIn(directory)) {
      throw new ReadOnlyException(
          "the store is a follower: path="
              + directory
              + ", refused="
              + act
              + "; delete the directory and follow again, or promote it first");
    }
  }

  /** Puts it into a directory, in place of one that is there; durable when this returns. */
  public void write(Path directory) {
    String last = becoming.map(id -> "becoming " + id + "\n").orElse("");
    byte[] text = (FIRST_LINE + "of " + of + "\n" + last).getBytes(StandardCharsets.US_ASCII);
    try {
      Directories.publish(directory.resolve(FILE), text, () -> {});
    } catch (IOException e) {
      throw new StorageException("cannot mark the follower: path=" + directory, e);
    }
  }

  /** From now on the store in the directory is an ordinary one; durable when this returns. */
  public static void remove(Path directory) {
    try {
      boolean _ = Files.deleteIfExists(directory.resolve(FILE));
      Directories.sync(directory);
    } catch (IOException e) {
      throw new StorageException("cannot delete the mark of a follower: path=" + directory, e);
    }
  }
}
