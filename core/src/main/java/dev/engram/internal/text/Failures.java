package dev.engram.internal.text;

import dev.engram.CancelledException;
import dev.engram.CorruptStoreException;
import dev.engram.EngramException;
import dev.engram.StorageException;
import dev.engram.StoreLockedException;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.store.LockObtainFailedException;
import org.apache.lucene.util.ThreadInterruptedException;

/**
 * Translates what Lucene throws. Damaged files show in many ways besides {@link
 * CorruptIndexException} (array bounds, assertions, negative sizes), because their checksums are
 * not read on every access; all of them mean: drop the index and rebuild it. Static functions only.
 */
final class Failures {
  private Failures() {}

  static RuntimeException translate(String action, Throwable failure) {
    return switch (failure) {
      case EngramException known -> known;
      case CallerFailure caller -> unwrap(caller);
      case LockObtainFailedException locked ->
          new StoreLockedException(action + ": text index is open already; close it first", locked);
      case ThreadInterruptedException interrupt -> {
        Thread.currentThread().interrupt();
        yield new CancelledException(action + ": interrupted; call it again", interrupt);
      }
      case IOException io when !isDamage(io) ->
          new StorageException(
              action + ": " + io.getClass().getSimpleName() + "; check the disk, then reopen", io);
      case VirtualMachineError error -> throw error;
      default ->
          new CorruptStoreException(
              action + ": text index is damaged; drop it and rebuild it", failure);
    };
  }

  private static boolean isDamage(IOException failure) {
    return failure instanceof CorruptIndexException
        || failure instanceof IndexFormatTooOldException
        || failure instanceof IndexFormatTooNewException
        || failure instanceof IndexNotFoundException
        || failure instanceof EOFException
        || failure instanceof NoSuchFileException
        || failure instanceof FileNotFoundException;
  }

  private static RuntimeException unwrap(CallerFailure caller) {
    Throwable cause = caller.getCause();
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException thrown ? thrown : caller;
  }
}
