package dev.engram.internal.transfer;

import dev.engram.EncryptionException;
import dev.engram.Engram;
import dev.engram.Export;
import dev.engram.Import;
import dev.engram.InvalidInputException;
import dev.engram.NotFoundException;
import dev.engram.Progress;
import dev.engram.StorageException;
import dev.engram.Transfer;
import dev.engram.TransferReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Imports and exports of one store. Thread-safe. */
public final class StoreTransfer implements Transfer {
  private final TransferStore store;
  private final Forms forms = Forms.load();

  public StoreTransfer(TransferStore store) {
    this.store = store;
  }

  @Override
  public TransferReport write(Export what, OutputStream out, Progress progress) {
    requireAllowed(what);
    return new Exporter(store, forms, what, progress).write(out);
  }

  @Override
  public TransferReport write(Export what, Path file, Progress progress) {
    requireAllowed(what);
    return DraftFile.write(file, out -> write(what, out, progress));
  }

  private void requireAllowed(Export what) {
    if (store.isEncrypted() && !what.plaintextAllowed()) {
      throw new EncryptionException(
          "the export of an encrypted store would be plain text: form="
              + what.format()
              + "; allow that, or copy the store with a backup");
    }
  }

  @Override
  public TransferReport read(Import what, InputStream in, Progress progress) {
    return new Importer(store, forms, what, progress).read(in);
  }

  @Override
  public TransferReport read(Import what, Path file, Progress progress) {
    Importer look = new Importer(store, forms, what, progress);
    TransferReport _ = opened(file, look::verify);
    Importer importer = new Importer(store, forms, what, progress).expecting(look.dimension());
    return opened(file, importer::read);
  }

  @Override
  public TransferReport copy(Engram other, String name, String newName, Progress progress) {
    if (other.transfer() instanceof StoreTransfer there) {
      return new Copier(there.store, store, progress).copy(name, newName);
    }
    throw new InvalidInputException("the other store is of another make; export and import it");
  }

  @Override
  public Optional<String> formOf(Path file) {
    return opened(file, in -> Opened.formOf(forms, in));
  }

  private static <T> T opened(Path file, Function<InputStream, T> work) {
    try (InputStream in = Files.newInputStream(file)) {
      return work.apply(in);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  @Override
  public TransferReport verify(Import what, InputStream in, Progress progress) {
    return new Importer(store, forms, what, progress).verify(in);
  }

  @Override
  public List<String> formats() {
    return forms.formatNames();
  }

  @Override
  public List<String> compressions() {
    return forms.codecNames();
  }

  private static RuntimeException unreadable(Path file, IOException cause) {
    return Files.exists(file)
        ? new StorageException("cannot read file: file=" + file, cause)
        : new NotFoundException("no such file: file=" + file, cause);
  }
}
