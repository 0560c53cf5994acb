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
import dev.engram.internal.crypto.DamagedFileException;
import dev.engram.internal.crypto.SealedInput;
import java.io.BufferedInputStream;
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
    return new Exporter(store, forms, what, progress).write(out);
  }

  @Override
  public TransferReport write(Export what, Path file, Progress progress) {
    Exporter exporter = new Exporter(store, forms, what, progress);
    return DraftFile.write(file, exporter::write);
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
      if (there.store.keys().isPresent() && store.isPlainOnDisk()) {
        throw new EncryptionException(
            "the copy of what is encrypted would be plain text: name="
                + name
                + "; copy it into an encrypted store, or allow plain text by exporting it");
      }
      return new Copier(there.store, store, progress).copy(name, newName);
    }
    throw new InvalidInputException("the other store is of another make; export and import it");
  }

  @Override
  public Optional<String> formOf(Import how, Path file) {
    return opened(file, in -> Opened.formOf(forms, Unsealing.of(store, how), in));
  }

  /** What {@link Transfer#masterKeyOf} says. */
  public static Optional<String> masterKeyOf(Path file) {
    try (BufferedInputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return Unsealing.isSealed(in) ? Optional.of(SealedInput.masterKeyOf(in)) : Optional.empty();
    } catch (DamagedFileException e) {
      throw new InvalidInputException(e.getMessage() + "; export it again: file=" + file, e);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
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
