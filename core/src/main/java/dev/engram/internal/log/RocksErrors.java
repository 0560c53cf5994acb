package dev.engram.internal.log;

import dev.engram.CorruptStoreException;
import dev.engram.EngramException;
import dev.engram.MismatchException;
import dev.engram.StorageException;
import dev.engram.StoreLockedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** What RocksDB's errors mean to who opens or reads a log. Static functions only. */
final class RocksErrors {
  /** What RocksDB says of families that it was not told of. */
  private static final String UNKNOWN_FAMILIES = "Column families not opened";

  private RocksErrors() {}

  /** What opening a log failed of; a null directory means memory. */
  static EngramException opening(@Nullable Path directory, RocksDBException e) {
    String where = directory == null ? "memory" : directory.toString();
    Status status = e.getStatus();
    Status.Code code = status == null ? Status.Code.Undefined : status.getCode();
    String message = String.valueOf(e.getMessage());
    if (message.contains("lock hold") || message.contains("LOCK")) {
      return new StoreLockedException("the log is open already: path=" + where, e);
    }
    return switch (code) {
      case Corruption, NotFound ->
          new CorruptStoreException(
              "the log is damaged: path="
                  + where
                  + ", why="
                  + message
                  + "; run 'engram repair' to see what can be kept",
              e);
      case InvalidArgument, NotSupported ->
          new MismatchException(
              "the log cannot be opened: path="
                  + where
                  + ", why="
                  + message
                  + (message.contains(UNKNOWN_FAMILIES)
                      ? "; a newer Engram wrote it, open it with that"
                      : ""),
              e);
      default -> {
        // RocksDB reports a missing or short file as an I/O error.
        boolean missing = message.contains("No such file") || message.contains("EOF");
        yield missing && directory != null && Files.exists(directory.resolve("CURRENT"))
            ? new CorruptStoreException(
                "the log lacks a file: path="
                    + where
                    + ", why="
                    + message
                    + "; restore it from a backup, or run 'engram repair'",
                e)
            : new StorageException(
                "the log cannot be opened: path=" + where + ", why=" + message, e);
      }
    };
  }

  /** What reading rows failed of. */
  static EngramException reading(Family family, RocksDBException e) {
    Status status = e.getStatus();
    // RocksDB reports a missing file as an I/O error.
    boolean damaged =
        (status != null && status.getCode() == Status.Code.Corruption)
            || String.valueOf(e.getMessage()).contains("No such file");
    String what = "family=" + family.title() + ", why=" + e.getMessage();
    return damaged
        ? new CorruptStoreException("damaged rows: " + what + "; run 'engram check'", e)
        : new StorageException("cannot read rows: " + what, e);
  }
}
