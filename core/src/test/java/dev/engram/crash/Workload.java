package dev.engram.crash;

import dev.engram.CollectionConfig;
import dev.engram.CommitId;
import dev.engram.Durability;
import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.Learning;
import dev.engram.Memory;
import dev.engram.MemorySpace;
import dev.engram.Metadata;
import dev.engram.RecordId;
import dev.engram.VectorRecord;
import dev.engram.internal.engine.EngineFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The program that is killed. Its threads write transactions over a space, its synapses and a
 * collection, and print a line for each that is acknowledged: thread, number, LSN.
 *
 * <p>Transaction {@code n} of thread {@code t} learns two memories, joins them, stores one document
 * and deletes the document of transaction {@code n - 5}, so that a half of it can be told.
 */
public final class Workload {
  static final String SPACE = "mind";
  static final String DOCS = "docs";

  /** A document lives for so many transactions of its thread. */
  static final int LIFE = 5;

  private Workload() {}

  /** Arguments: directory, durability, threads, transactions per thread, crash point, its count. */
  public static void main(String[] arguments) throws InterruptedException {
    String point = arguments[4];
    AtomicInteger left = new AtomicInteger(Integer.parseInt(arguments[5]));
    EngramConfig config =
        EngramConfig.at(Path.of(arguments[0])).durability(durability(arguments[1]));
    Engram engram =
        EngineFactory.open(
            config,
            reached -> {
              if (reached.equals(point) && left.decrementAndGet() <= 0) {
                Runtime.getRuntime().halt(137);
              }
            });
    engram.collection(DOCS, CollectionConfig.ofDimension(4));
    MemorySpace _ = engram.space(SPACE);
    int transactions = Integer.parseInt(arguments[3]);
    List<Thread> threads =
        java.util.stream.IntStream.range(0, Integer.parseInt(arguments[2]))
            .mapToObj(t -> Thread.ofPlatform().start(() -> write(engram, t, transactions)))
            .toList();
    for (Thread thread : threads) {
      thread.join();
    }
    if (arguments.length > 6) {
      Runtime.getRuntime().halt(0);
    }
    engram.close();
  }

  static Durability durability(String name) {
    return switch (name) {
      case "durable" -> Durability.DURABLE;
      case "process" -> Durability.PROCESS;
      default -> Durability.periodic(Duration.ofHours(1));
    };
  }

  private static void write(Engram engram, int thread, int transactions) {
    for (int n = 0; n < transactions; n++) {
      int number = n;
      CommitId commit = engram.write(tx -> fill(tx, thread, number));
      synchronized (System.out) {
        System.out.println(thread + " " + number + " " + commit.lsn());
        System.out.flush();
      }
    }
  }

  private static void fill(dev.engram.Transaction tx, int thread, int number) {
    MemorySpace space = tx.space(SPACE);
    Memory first = space.learn(learning(thread, number, "a"));
    Memory second = space.learn(learning(thread, number, "b"));
    space.associate(first.id(), second.id());
    tx.collection(DOCS)
        .upsert(
            VectorRecord.of(id(thread, number, "d"), new float[] {1, thread, number, 1})
                .withText("document " + number + " of thread " + thread)
                .withMetadata(Metadata.of("thread", thread)));
    if (number >= LIFE) {
      tx.collection(DOCS).delete(id(thread, number - LIFE, "d"));
    }
  }

  private static Learning learning(int thread, int number, String part) {
    return Learning.of("thread " + thread + " learned " + part + number)
        .withId(id(thread, number, part))
        .withMetadata(Metadata.of("thread", thread, "number", number));
  }

  static RecordId id(int thread, int number, String part) {
    return RecordId.of(part + "-" + thread + "-" + number);
  }
}
