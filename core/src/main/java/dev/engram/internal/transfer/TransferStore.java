package dev.engram.internal.transfer;

import dev.engram.CommitId;
import dev.engram.Export;
import dev.engram.Import;
import dev.engram.spi.KeySource;
import dev.engram.spi.TransferItem;
import dev.engram.spi.TransferItem.Entry;
import dev.engram.spi.TransferItem.Link;
import dev.engram.spi.TransferItem.Section;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What importing and exporting need of a store. Thread-safe; states and places are not. */
public interface TransferStore {
  /** The master keys of the store; empty where it is not encrypted. */
  Optional<KeySource> keys();

  /** Whether what is put into it reaches a disk as plain text. */
  boolean isPlainOnDisk();

  /**
   * What an export asks of the store as it is now; close it.
   *
   * @throws dev.engram.NotFoundException where it asks for what has changed after a commit, and the
   *     log no longer reaches back to it
   * @throws dev.engram.MismatchException where that commit is of another timeline
   * @throws dev.engram.InvalidInputException where that commit is not there yet
   */
  State state(Export what);

  /**
   * Where a section goes, made if it is not there.
   *
   * @throws dev.engram.MismatchException where its vectors do not fit what is there
   * @throws dev.engram.NotFoundException where the name is of another kind
   */
  Place place(String name, Section section, Import how);

  /**
   * Gives what was made under another name its own.
   *
   * @throws dev.engram.ExistsException where that is taken
   */
  void rename(String name, String newName);

  /** Removes what was made; nothing where it is not there. */
  void drop(String name);

  /**
   * Looks at a name for something new.
   *
   * @throws dev.engram.InvalidInputException where it cannot be one
   * @throws dev.engram.ExistsException where it is taken
   */
  void requireFree(String name);

  /** What is asked of one state of a store. */
  interface State extends AutoCloseable {
    /** The last commit that is surely in it, and durable. */
    CommitId commit();

    /**
     * A collection or space by name or alias, or all of them, sorted by name.
     *
     * @throws dev.engram.NotFoundException where it is not there
     */
    List<Section> sections(Optional<String> name);

    /** Records that a section has at most. */
    long count(Section section);

    /** Every visible record of a section that is asked for, in the order of their storing. */
    void entries(Section section, Receiver receiver) throws IOException;

    /** Every synapse of a section that has not faded away, between records that match. */
    void links(Section section, Receiver receiver) throws IOException;

    @Override
    void close();
  }

  /** Where items go. */
  @FunctionalInterface
  interface Receiver {
    void take(TransferItem item) throws IOException;
  }

  /** A collection or space that is imported into. Each call is one commit. */
  interface Place {
    /**
     * Stores records, in place of those of the same ids; returns how many: not what has expired.
     */
    int put(List<Entry> entries);

    /** Stores synapses, in place of those that are there; returns how many had both their ends. */
    int link(List<Link> links);
  }
}
