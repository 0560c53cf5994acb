package dev.engram.spi;

import java.io.InputStream;
import java.util.List;

/**
 * Where backups and archives are kept: objects by name, as in a directory or an object store. A
 * name is of {@code [a-z0-9._/-]}, at most {@link #MAX_NAME} characters, begins and ends with none
 * of {@code . /}, and holds no {@code ..}, {@code //} or {@code /.}; another is a {@link
 * dev.engram.InvalidInputException}. What else fails is a {@link dev.engram.StorageException}.
 * Thread-safe.
 */
public interface ObjectStore extends AutoCloseable {
  /** Longest name, in characters. */
  int MAX_NAME = 512;

  /**
   * Stores an object, in place of one of that name: it is there whole and durable when this
   * returns, and not at all, or as it was before, when this fails.
   *
   * @param bytes read to its end, not closed
   * @param length how many there are; another number is a {@link dev.engram.InvalidInputException}
   */
  void put(String name, InputStream bytes, long length);

  /**
   * Reads an object; close the stream.
   *
   * @throws dev.engram.NotFoundException where it is not there
   */
  InputStream get(String name);

  /** The objects whose names begin so, sorted by name. */
  List<ObjectInfo> list(String prefix);

  /** Deletes an object; does nothing where it is not there. */
  void delete(String name);

  /** Frees what this holds; the objects stay. */
  @Override
  default void close() {}
}
