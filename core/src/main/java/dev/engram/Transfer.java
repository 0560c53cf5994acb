package dev.engram;

import dev.engram.internal.transfer.StoreTransfer;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Writes collections and spaces to files, whole, and reads them again. Thread-safe. Works in
 * bounded memory at any size; is cancelled by an interrupt or by the listener. Module {@code
 * formats} brings the forms that keep everything, {@code jsonl}, {@code json} and {@code msgpack},
 * those of other programs, and compressions; the core alone knows {@code fvecs}, {@code npy},
 * {@code graphml} and {@code gzip}. Others can be added ({@link dev.engram.spi.TransferFormat},
 * {@link dev.engram.spi.Codec}).
 *
 * <p>Not written are working memory, what was forgotten, and the history.
 */
public interface Transfer {
  /**
   * Writes one state of what is asked for; what is committed meanwhile is not in it. The stream is
   * flushed and not closed. An encrypted store's export is encrypted, and so is any for which
   * {@link Export#encryption} asks.
   *
   * @throws NotFoundException where the collection, the form or the compression is not there
   * @throws EncryptionException where it is to be encrypted and there is no key, or the form needs
   *     a temporary file that would be plain text of an encrypted store
   */
  TransferReport write(Export what, OutputStream out, Progress progress);

  /** Writes a file, readable by its owner only, that is there as a whole or as it was before. */
  TransferReport write(Export what, Path file, Progress progress);

  /**
   * Reads what an export wrote, or somebody by hand, in commits of about a thousand items. Form and
   * compression are told by the content, and whether it is encrypted. A record that is there
   * already is replaced. Where a stream turns out to be damaged, what was committed before stays,
   * and the error says how much. Of an encrypted file nothing is used that was not checked.
   *
   * @throws InvalidInputException where the file is damaged, cut short, of no known form, or larger
   *     than allowed
   * @throws EncryptionException where it is encrypted and the key is missing or wrong; nothing was
   *     imported
   * @throws MismatchException where its vectors do not fit what is there
   */
  TransferReport read(Import what, InputStream in, Progress progress);

  /** As the other, but reads the file first, and changes nothing where that is damaged. */
  TransferReport read(Import what, Path file, Progress progress);

  /**
   * Copies a collection or space of another open store, such as one that was made of a backup, or
   * of this one: as it is there now, with dates, node state and synapses. It is there whole or not
   * at all; until it is whole it goes by a name that begins with {@code copy-}.
   *
   * @param name in the other store, or an alias
   * @param newName here
   * @throws NotFoundException where the other store has none of that name
   * @throws ExistsException where the new name is taken here
   * @throws MismatchException where this store's embedder is not the one that made its vectors
   * @throws EncryptionException where the other store is encrypted, and this one lies on a disk as
   *     plain text
   */
  TransferReport copy(Engram other, String name, String newName, Progress progress);

  /** Reads a file through and changes nothing. */
  TransferReport verify(Import what, InputStream in, Progress progress);

  /** The form of a file, compressed or not, by how it begins; empty where it is not known. */
  default Optional<String> formOf(Path file) {
    return formOf(Import.exact(), file);
  }

  /**
   * The same of a file that may be encrypted.
   *
   * @throws EncryptionException where it is and the key is missing or wrong
   */
  Optional<String> formOf(Import how, Path file);

  /**
   * The id of the master key that opens an encrypted export; empty where a file is none. Needs no
   * key.
   *
   * @throws InvalidInputException where what says so is damaged
   */
  static Optional<String> masterKeyOf(Path file) {
    return StoreTransfer.masterKeyOf(file);
  }

  /** The forms that can be asked for, sorted. */
  List<String> formats();

  /** The compressions that can be asked for, sorted. */
  List<String> compressions();
}
