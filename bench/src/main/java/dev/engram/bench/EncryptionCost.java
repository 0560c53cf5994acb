package dev.engram.bench;

import dev.engram.CollectionConfig;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.Keyring;
import dev.engram.Metadata;
import dev.engram.RecordId;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import dev.engram.testing.FileTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What encryption costs of the rate at which records are inserted: the same records go into a store
 * that is encrypted and into one that is not, in turns, until they can be searched. All are read
 * back after reopening, and a planted text is looked for in every file: of the one store it has to
 * be there, of the other not.
 */
final class EncryptionCost {
  private static final String NAME = "encryption: share of the insert rate that it costs";
  private static final String SECRET = "secret";
  private static final String PLANTED = "gunpowder-tea-of-zanzibar";
  private static final int BATCH = 1_000;
  private static final int WARM_UP = 10_000;
  private static final Duration CATCHING_UP = Duration.ofMinutes(10);

  private final Report report;
  private final Path store;
  private final Path keys;
  private final int dimension;
  private final int rounds;

  EncryptionCost(Report report, Path folder, int dimension, int rounds) {
    this.report = report;
    this.store = folder.resolve("inserted");
    this.keys = folder.resolve("keyring");
    this.dimension = dimension;
    this.rounds = rounds;
  }

  void run(int count) throws IOException {
    String _ = Keyring.create(keys);
    List<VectorRecord> records = records(count);
    List<VectorRecord> few = records.subList(0, Math.min(count, WARM_UP));
    List<Double> plain = new ArrayList<>();
    List<Double> sealed = new ArrayList<>();
    List<Double> shares = new ArrayList<>();
    double _ = rate(false, few) + rate(true, few);
    for (int round = 0; round < rounds; round++) {
      boolean sealedFirst = round % 2 == 1;
      double first = rate(sealedFirst, records);
      double second = rate(!sealedFirst, records);
      plain.add(sealedFirst ? second : first);
      sealed.add(sealedFirst ? first : second);
      shares.add(1 - sealed.getLast() / plain.getLast());
    }
    add("insert, searchable, not encrypted", plain, count);
    add("insert, searchable, encrypted", sealed, count);
    report.atMost(NAME, .15, .15, Measured.median(shares));
  }

  private void add(String what, List<Double> rates, int count) {
    report.add("engram", what, "records/s", Measured.median(rates), Map.of("records", count));
  }

  private List<VectorRecord> records(int count) {
    Supplier<float[]> vectors = GeneratedVectors.endless(dimension, 1);
    List<VectorRecord> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      records.add(
          VectorRecord.of(RecordId.of(i), vectors.get())
              .withMetadata(Metadata.of("group", i % 100, SECRET, PLANTED + i)));
    }
    return records;
  }

  /** Records a second that a new store takes until they can be searched; it is judged and gone. */
  private double rate(boolean sealed, List<VectorRecord> records) throws IOException {
    EngramConfig plain = EngramConfig.at(store);
    EngramConfig config = sealed ? plain.encryption(Keyring.at(keys)) : plain;
    double seconds;
    try (Engram engram = Engram.open(config)) {
      Measured.require(engram.encryption().isPresent() == sealed, "encrypted=" + !sealed);
      VectorCollection collection =
          engram.collection(DurabilityBench.COLLECTION, CollectionConfig.ofDimension(dimension));
      long began = System.nanoTime();
      for (int from = 0; from < records.size(); from += BATCH) {
        collection.upsert(records.subList(from, Math.min(records.size(), from + BATCH)));
      }
      Measured.require(engram.awaitViews(engram.lastCommit(), CATCHING_UP), "the views lag");
      seconds = Measured.seconds(began);
    }
    try (Engram engram = Engram.open(config.createIfMissing(false))) {
      requireAll(engram.collection(DurabilityBench.COLLECTION), records);
    }
    Measured.require(isReadable() != sealed, "planted text: encrypted=" + sealed);
    FileTree.delete(store);
    return records.size() / seconds;
  }

  private static void requireAll(VectorCollection collection, List<VectorRecord> records) {
    Measured.require(collection.count() == records.size(), "records are missing");
    for (VectorRecord wanted : records) {
      VectorRecord found = collection.get(wanted.id()).orElseThrow();
      Measured.require(
          Arrays.equals(found.vector().orElseThrow(), wanted.vector().orElseThrow())
              && found.metadata().equals(wanted.metadata()),
          "another record is read back: id=" + wanted.id());
    }
  }

  /** Whether the planted text stands in any file of the store. */
  private boolean isReadable() throws IOException {
    for (Path file : FileTree.files(store)) {
      if (holds(file, PLANTED.getBytes(StandardCharsets.US_ASCII))) {
        return true;
      }
    }
    return false;
  }

  private static boolean holds(Path file, byte[] wanted) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      ByteBuffer needle = ByteBuffer.wrap(wanted);
      for (int at = 0; at + wanted.length <= bytes.limit(); at++) {
        if (bytes.get(at) == wanted[0] && bytes.slice(at, wanted.length).equals(needle)) {
          return true;
        }
      }
      return false;
    }
  }
}
