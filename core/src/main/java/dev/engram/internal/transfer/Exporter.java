package dev.engram.internal.transfer;

import dev.engram.Export;
import dev.engram.InvalidInputException;
import dev.engram.Progress;
import dev.engram.StorageException;
import dev.engram.TransferReport;
import dev.engram.internal.crypto.SealedOutput;
import dev.engram.spi.Codec;
import dev.engram.spi.KeySource;
import dev.engram.spi.TransferFormat;
import dev.engram.spi.TransferFormat.Sink;
import dev.engram.spi.TransferItem;
import dev.engram.spi.TransferItem.Section;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes one export. Not thread-safe. */
final class Exporter {
  private final TransferStore store;
  private final Export what;
  private final TransferFormat format;
  private final @Nullable Codec codec;
  private final int level;
  private final @Nullable KeySource keys;
  private final ItemDigest digest = new ItemDigest();
  private final Steps steps;
  private final List<String> names = new ArrayList<>();
  private long records;
  private long synapses;

  Exporter(TransferStore store, Forms forms, Export what, Progress progress) {
    this.store = store;
    this.what = what;
    this.format = forms.format(what.format());
    this.codec = what.compression().map(forms::codec).orElse(null);
    this.level = codec == null ? 0 : level(codec, what);
    this.keys = keys(store, what);
    this.steps = new Steps("export", progress);
    if (keys != null) {
      new Unsealing(keys, store.keys().isPresent()).require(format);
    }
  }

  /** What it is encrypted by; null for nothing. */
  private static @Nullable KeySource keys(TransferStore store, Export what) {
    return what.plaintextAllowed() ? null : what.encryption().or(store::keys).orElse(null);
  }

  private static int level(Codec codec, Export what) {
    int level = what.level().orElse(codec.usualLevel());
    if (level < codec.leastLevel() || level > codec.mostLevel()) {
      throw new InvalidInputException(
          "invalid export: compression="
              + codec.name()
              + ", level="
              + level
              + ", allowed="
              + codec.leastLevel()
              + ".."
              + codec.mostLevel());
    }
    return level;
  }

  TransferReport write(OutputStream out) {
    try (TransferStore.State state = store.state(what)) {
      List<Section> sections = state.sections(what.name());
      if (sections.size() > 1 && !format.keepsAll()) {
        throw new InvalidInputException(
            "invalid export: form="
                + format.name()
                + ", collections="
                + sections.size()
                + ", allowed=1; name one, or use a form that keeps everything");
      }
      steps.expect(sections.stream().mapToLong(state::count).sum());
      return write(state, sections, out);
    } catch (IOException e) {
      throw new StorageException("the export could not be written: " + e.getMessage(), e);
    }
  }

  private TransferReport write(TransferStore.State state, List<Section> sections, OutputStream out)
      throws IOException {
    OutputStream own = new OwnOutput(out);
    if (keys == null) {
      return pack(state, sections, own);
    }
    SealedOutput sealed = SealedOutput.begin(own, keys, new SecureRandom());
    TransferReport report = pack(state, sections, sealed);
    sealed.finish();
    return report;
  }

  /** Writes items in their form, compressed; closing the stream flushes it. */
  private TransferReport pack(TransferStore.State state, List<Section> sections, OutputStream own)
      throws IOException {
    String sha256;
    boolean joined = format.joins() && (codec == null || codec.joins());
    try (OutputStream packed = joined ? own : compressed(own);
        OutputStream buffered = new BufferedOutputStream(packed, 1 << 16);
        Sink sink = joined ? new JoinedSink(this::writePart, buffered) : format.write(buffered)) {
      for (Section section : sections) {
        write(state, section, sink);
      }
      sha256 = digest.hex();
      sink.write(new TransferItem.End(records, synapses, sha256));
    }
    steps.done();
    return new TransferReport(
        format.name(),
        what.compression(),
        names,
        records,
        synapses,
        0,
        Optional.of(sha256),
        Optional.of(state.commit()));
  }

  private OutputStream compressed(OutputStream out) throws IOException {
    return codec == null ? out : codec.compress(out, level);
  }

  /** Writes some items in their form, compressed; called by several threads. */
  private void writePart(List<TransferItem> items, OutputStream out) throws IOException {
    try (OutputStream packed = compressed(out);
        Sink sink = format.write(packed)) {
      for (TransferItem item : items) {
        sink.write(item);
      }
    }
  }

  private void write(TransferStore.State state, Section section, Sink sink) throws IOException {
    names.add(section.name());
    take(what.vectors() ? section : withoutEmbedder(section), sink);
    state.entries(
        section,
        entry -> {
          records++;
          take(entry, sink);
        });
    state.links(
        section,
        link -> {
          synapses++;
          take(link, sink);
        });
  }

  private static Section withoutEmbedder(Section section) {
    return new Section(
        section.version(),
        section.name(),
        section.kind(),
        section.config(),
        Optional.empty(),
        section.life());
  }

  private void take(TransferItem item, Sink sink) throws IOException {
    digest.add(item);
    sink.write(item);
    steps.step(item);
  }
}
