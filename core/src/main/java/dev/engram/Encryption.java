package dev.engram;

import java.util.List;

/**
 * The encryption of an open store. A value is sealed under a data key; data keys lie in the store,
 * wrapped under a master key, which does not. Thread-safe; nothing stops commits or reads.
 */
public interface Encryption {
  /** Which keys the store has; none of them is told. */
  EncryptionInfo info();

  /**
   * Makes a new data key. What is written from now on is sealed under it; what was written before
   * stays readable.
   *
   * @return the id of the data key
   * @throws StorageException where it cannot be written; the store goes on with what it had
   */
  int rotate();

  /**
   * Seals anew everything in the store that is under an older data key, some of it at a time,
   * between commits; run it after {@link #rotate}. What it does is kept when it is cut short, and
   * not done again. What transactions prepared before the rotation may come in later, and snapshots
   * and backups stay as they are, so that no key is thrown away; {@link #prune} does that.
   *
   * @return how many values were sealed anew
   * @throws CancelledException where the thread is interrupted
   */
  long reseal(Progress progress);

  /**
   * Prepares that nobody can read what was deleted before this call, in the store: a dropped space,
   * say. Lets go what has expired, cuts the log up to here, makes a new data key, and seals what
   * lives anew under it, as {@link #rotate} and {@link #reseal} do; commits go on meanwhile. After
   * a reopening {@link #prune} removes the older keys, and with them every way to what was deleted,
   * wherever it still lies in the store. What forgetting keeps for undo, and history, lives. The
   * next backup is a full one. Backups, and what was archived, are copies that their master key
   * opens.
   *
   * @return how many values were sealed anew
   * @throws ConflictException where an older state is being read, which needs the log; try again
   * @throws CancelledException where the thread is interrupted
   * @throws StaleViewException where a view lags for long; try again
   * @throws StorageException where the background archive cannot take what is to be cut; nothing
   *     was cut, try again
   */
  long shred(Progress progress);

  /**
   * Removes for good the data keys that no value in the store and its snapshots is under any more,
   * which it reads for that. Then nobody can read what is left of older values, in files that were
   * not compacted yet or on the disk, unless they have an older copy of the file of keys and its
   * master key; backups hold such a copy. Only keys that were older when the store was opened are
   * removed, so that of {@link #rotate}, {@link #reseal} and this the last one follows a reopening.
   * Snapshots and backups wait meanwhile; commits do not.
   *
   * @return the ids of the keys that were removed
   * @throws CancelledException where the thread is interrupted; nothing was removed
   * @throws CorruptStoreException where what they are needed for cannot be read; nothing was
   *     removed
   */
  List<Integer> prune(Progress progress);

  /**
   * Wraps the data keys under the current master key of {@link EngramConfig#encryption}, which then
   * opens the store instead of the one before. Changes one small file and no value. Backups of
   * before still need the master key that they were made with.
   *
   * @return the id of the master key
   */
  String rewrap();
}
