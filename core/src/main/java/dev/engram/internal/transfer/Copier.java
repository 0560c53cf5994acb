package dev.engram.internal.transfer;

import dev.engram.CollectionInfo.Kind;
import dev.engram.EngramException;
import dev.engram.Export;
import dev.engram.Import;
import dev.engram.Progress;
import dev.engram.StorageException;
import dev.engram.TransferReport;
import dev.engram.internal.transfer.TransferStore.Receiver;
import dev.engram.spi.TransferItem;
import dev.engram.spi.TransferItem.Section;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Copies one collection or space from a store into another. It is filled under a name that nobody
 * asks for, and gets its own when it is whole. Not thread-safe.
 */
final class Copier {
  private final TransferStore from;
  private final TransferStore to;
  private final Steps steps;
  private long items;

  Copier(TransferStore from, TransferStore to, Progress progress) {
    this.from = from;
    this.to = to;
    this.steps = new Steps("copy", progress);
  }

  TransferReport copy(String name, String newName) {
    to.requireFree(newName);
    String draft = "copy-" + UUID.randomUUID();
    try (TransferStore.State state = from.state(Export.everything())) {
      Intake filled = fill(state, state.sections(Optional.of(name)).getFirst(), draft);
      steps.done();
      to.rename(draft, newName);
      return report(newName, filled, state);
    } catch (IOException e) {
      discard(draft, e);
      throw new StorageException("the copy failed; there is none: name=" + newName, e);
    } catch (RuntimeException e) {
      discard(draft, e);
      throw e;
    }
  }

  /** Also where the thread was interrupted, which is how a copy is cancelled. */
  private void discard(String draft, Exception why) {
    boolean interrupted = Thread.interrupted();
    try {
      to.drop(draft);
    } catch (EngramException e) {
      why.addSuppressed(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Intake fill(TransferStore.State state, Section section, String draft) throws IOException {
    boolean space = section.kind() == Kind.SPACE;
    Import how = space ? Import.exact().intoSpace(draft) : Import.exact().intoCollection(draft);
    Intake intake = new Intake(to, how);
    steps.expect(state.count(section));
    intake.take(section);
    Receiver each = item -> take(item, intake);
    state.entries(section, each);
    state.links(section, each);
    intake.flush();
    return intake;
  }

  private void take(TransferItem item, Intake intake) {
    items++;
    intake.take(item);
    steps.step(item);
  }

  private TransferReport report(String name, Intake filled, TransferStore.State state) {
    return new TransferReport(
        "store",
        Optional.empty(),
        List.of(name),
        filled.records(),
        filled.synapses(),
        items - filled.records() - filled.synapses(),
        Optional.empty(),
        Optional.of(state.commit()));
  }
}
