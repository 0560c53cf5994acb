package dev.engram.internal.transfer;

import dev.engram.CancelledException;
import dev.engram.Import;
import dev.engram.InvalidInputException;
import dev.engram.Progress;
import dev.engram.TransferReport;
import dev.engram.spi.TransferItem;
import dev.engram.spi.TransferItem.End;
import dev.engram.spi.TransferItem.Entry;
import dev.engram.spi.TransferItem.Link;
import dev.engram.spi.TransferItem.Section;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads one import, and puts it into the store or only looks at it. Not thread-safe. */
final class Importer {
  private final Forms forms;
  private final Unsealing keys;
  private final Import how;
  private final Steps steps;
  private final Intake intake;
  private final ItemDigest digest = new ItemDigest();
  private long records;
  private long synapses;
  private int sections;
  private int dimension;
  private boolean whole;
  private @Nullable End end;

  Importer(TransferStore store, Forms forms, Import how, Progress progress) {
    this.forms = forms;
    this.keys = Unsealing.of(store, how);
    this.how = how;
    this.steps = new Steps("import", progress);
    this.intake = new Intake(store, how);
  }

  /** What is made for vectors is made for those of this dimension, where nobody says. */
  Importer expecting(int dimension) {
    intake.expect(dimension);
    return this;
  }

  /** The dimension of the first vector; 0 where there was none. */
  int dimension() {
    return dimension;
  }

  /** Reads and stores. */
  TransferReport read(InputStream in) {
    try {
      TransferReport report = walk(in, intake::take);
      intake.flush();
      steps.done();
      return report(report);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(e.getMessage() + intake.stays(), e);
    } catch (CancelledException e) {
      throw new CancelledException(e.getMessage() + intake.stays(), e);
    }
  }

  /** Reads and looks. */
  TransferReport verify(InputStream in) {
    List<String> names = new ArrayList<>();
    TransferReport report =
        walk(
            in,
            item -> {
              if (item instanceof Section section) {
                names.add(section.name());
              }
            });
    return new TransferReport(
        report.format(),
        report.compression(),
        names,
        records,
        synapses,
        0,
        Optional.ofNullable(end).map(End::sha256),
        Optional.empty());
  }

  private TransferReport report(TransferReport walked) {
    return new TransferReport(
        walked.format(),
        walked.compression(),
        intake.names(),
        intake.records(),
        intake.synapses(),
        records + synapses - intake.records() - intake.synapses(),
        Optional.ofNullable(end).map(End::sha256),
        Optional.empty());
  }

  private TransferReport walk(InputStream in, TransferStore.Receiver receiver) {
    try (Opened opened = Opened.of(forms, how, keys, in)) {
      for (TransferItem item = next(opened); item != null; item = next(opened)) {
        look(item);
        receiver.take(item);
        steps.step(item);
      }
      requireEnd();
      opened.finish();
      return new TransferReport(
          opened.format().name(),
          Optional.ofNullable(opened.codecName()),
          List.of(),
          records,
          synapses,
          0,
          Optional.empty(),
          Optional.empty());
    } catch (IOException e) {
      throw new InvalidInputException(
          "the import is damaged or cut short: records="
              + records
              + ", synapses="
              + synapses
              + " could be read before: "
              + e.getMessage(),
          e);
    }
  }

  private static @Nullable TransferItem next(Opened opened) throws IOException {
    opened.content().item();
    return opened.source().next();
  }

  private void look(TransferItem item) {
    if (end != null) {
      throw new InvalidInputException(
          "the import is damaged: something follows its end, records=" + records);
    }
    switch (item) {
      case Section section -> look(section);
      case Entry entry -> look(entry);
      case Link _ -> synapses++;
      case End found -> {
        requireSame(found);
        end = found;
      }
    }
    digest.add(item);
  }

  private void look(Entry entry) {
    records++;
    if (dimension == 0) {
      dimension = entry.vector().map(vector -> vector.length).orElse(0);
    }
  }

  private void look(Section section) {
    whole |= section.version() > 0;
    sections++;
    if (sections > 1 && how.name().isPresent()) {
      throw new InvalidInputException(
          "the import holds several collections: name="
              + how.name().get()
              + "; import it without a name of your own");
    }
  }

  private void requireSame(End found) {
    if (found.records() != records || found.synapses() != synapses) {
      throw new InvalidInputException(
          "the import is damaged: records="
              + records
              + ", synapses="
              + synapses
              + ", its end says records="
              + found.records()
              + ", synapses="
              + found.synapses()
              + "; export it again");
    }
    String sha256 = digest.hex();
    if (!sha256.equals(found.sha256())) {
      throw new InvalidInputException(
          "the import is damaged: sha256="
              + sha256
              + ", its end says another one; export it again");
    }
  }

  private void requireEnd() {
    if (whole && end == null) {
      throw new InvalidInputException(
          "the import is cut short: it lacks its end, records="
              + records
              + ", synapses="
              + synapses
              + "; export it again");
    }
  }
}
