package dev.engram.spi;

import java.io.InputStream;
import java.time.Instant;
import java.util.List;

/**
 * Where backups and archives are kept: objects by name, as in a directory or an object store. A
 * name is of {@code [a-z0-9._/-]}, at most {@link #MAX_NAME} characters, begins and ends with none
 * of {@code . /}, and holds no {@code ..}, {@code //}, {@code /.} or {@code ./}; another is a
 * {@link dev.engram.InvalidInputException}: see {@link ObjectNames}. No name may go on where
 * another ends and a slash follows: some stores are directories. Objects are put whole and never
 * renamed; what consists of several is published by the last of them, which names the others.
 *
 * <p>A call that returns is seen by every later one, of whichever client. What fails is a {@link
 * dev.engram.StorageException}; of a store that is reached over a network, an {@link
 * dev.engram.UnavailableException} where it does not answer, after retries, and a {@link
 * dev.engram.DeniedException} where it lets the caller do nothing. Where the thread is interrupted,
 * it is a {@link dev.engram.CancelledException}. No message holds keys or passwords. Thread-safe.
 *
 * <p>{@code ObjectStoreContract}, in the tests of the core, is the same as a program.
 */
public interface ObjectStore extends AutoCloseable {
  /** Longest name, in characters. */
  int MAX_NAME = 512;

  /**
   * Where it is, as text: the same for the same place in every process, and nothing secret. An open
   * store keeps its log for each place that it is copied to; those that do not say count as one.
   */
  default String place() {
    return "";
  }

  /**
   * Stores an object, in place of one of that name: it is there whole and durable when this
   * returns. Where this fails, it is there whole, or as it was before; never a part of it.
   *
   * @param bytes read to its end, not closed
   * @param length how many there are; another number is a {@link dev.engram.InvalidInputException},
   *     and nothing is stored
   */
  void put(String name, InputStream bytes, long length);

  /**
   * As {@link #put}, where there is no object of that name. Of several that create it at once, one
   * succeeds.
   *
   * @throws dev.engram.ExistsException where there is one; it stays as it is
   */
  void create(String name, InputStream bytes, long length);

  /**
   * Reads an object; close the stream. Reading throws what the other calls throw, and a {@link
   * dev.engram.CorruptStoreException} where the store itself finds that the bytes were altered.
   *
   * @throws dev.engram.NotFoundException where it is not there
   */
  InputStream get(String name);

  /** The objects whose names begin so, sorted by name. */
  List<ObjectInfo> list(String prefix);

  /** Deletes an object; does nothing where it is not there. */
  void delete(String name);

  /**
   * Frees what is left of puts that were cut short, and that began before then. One that still goes
   * on may fail.
   */
  default void discardUnfinished(Instant before) {}

  /** Frees what this holds; the objects stay. */
  @Override
  default void close() {}
}
