package dev.engram.bench;

import dev.engram.Quantization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The {@code engram bench} command: runs one benchmark by name. */
public final class Bench {
  private static final int MISSED = 3;
  private static final int USAGE = 2;
  private static final int QUICK_QUERIES = 200;
  private static final String HELP =
      """
      usage: engram bench log [--quick] [--out FILE]
             engram bench vectors [--peers NAME,...] [--quick] [--out FILE] [--svg FILE]
                 [--metric cosine|dot|euclidean] [--count N] [--dimension N]
                 [--quantization 2|4|8|none], and one of
                 --queries in|out                    generated vectors
                 --u8 FILE | --f32 FILE | --fvecs FILE
                 --text FILE [--cache FVECS]         lines, embedded by the local model
             engram bench memory [--count N] [--quick] [--out FILE]
             engram bench recall [--words] [--count N] [--quick] [--out FILE]
             engram bench durability [--count N] [--dimension N] [--quick] [--out FILE]
             engram bench vectors --store [--count N] [--quick] [--out FILE]
             engram bench kernels [--quick] [--out FILE]
      """;

  private static final Set<String> FLAGS = Set.of("--quick", "--store", "--words");
  private static final Set<String> NAMES =
      Set.of(
          "--peers",
          "--out",
          "--svg",
          "--metric",
          "--quantization",
          "--count",
          "--dimension",
          "--queries",
          "--u8",
          "--f32",
          "--fvecs",
          "--text",
          "--cache");

  private Bench() {}

  /**
   * Runs the benchmark named first. Ends with 0 when every budget's must holds, with 3 when one
   * does not, with 2 where the command line is wrong.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    List<String> words = List.of(args);
    Report report;
    Options options;
    try {
      options = new Options(words.subList(Math.min(1, words.size()), words.size()), FLAGS, NAMES);
      report =
          switch (words.isEmpty() ? "" : words.getFirst()) {
            case "log" -> new LogBench(options.has("--quick")).run();
            case "vectors" -> vectors(options);
            case "memory" -> memory(options);
            case "recall" -> recall(options);
            case "durability" -> durability(options);
            case "kernels" -> KernelBench.of(options.has("--quick")).run();
            default -> throw new IllegalArgumentException("no such benchmark");
          };
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.println(HELP + "peers: " + String.join(", ", VectorBench.PEERS));
      System.exit(USAGE);
      return;
    }
    report.print(System.out);
    String out = options.text("--out");
    if (out != null) {
      report.write(Path.of(out));
    }
    System.exit(report.holds() ? 0 : MISSED);
  }

  private static Report memory(Options options) throws IOException {
    boolean quick = options.has("--quick");
    return new MemoryBench(options.number("--count", quick ? 50_000 : 1_000_000), quick).run();
  }

  private static Report durability(Options options) throws IOException, InterruptedException {
    boolean quick = options.has("--quick");
    int count = options.number("--count", quick ? 10_000 : 1_000_000);
    return new DurabilityBench(count, options.number("--dimension", 384), quick ? 1 : 3).run();
  }

  private static Report recall(Options options) throws IOException {
    boolean quick = options.has("--quick");
    int count = options.number("--count", quick ? 20_000 : 100_000);
    return new RecallBench(count, quick ? 300 : 2_000, !options.has("--words")).run();
  }

  private static Report vectors(Options options) throws IOException, InterruptedException {
    boolean quick = options.has("--quick");
    if (options.has("--store")) {
      int count = options.number("--count", quick ? 20_000 : 100_000);
      return new StoredVectorsBench(count, quick ? 3 : 20).run();
    }
    String named = options.text("--peers");
    List<String> peers = named == null ? VectorBench.PEERS : List.of(named.split(",", -1));
    Vectors data = VectorInput.of(options);
    VectorBench bench =
        new VectorBench(quick ? data.asking(QUICK_QUERIES) : data, peers, quantization(options));
    Report report = bench.run();
    String picture = options.text("--svg");
    if (picture != null) {
      Files.writeString(Path.of(picture), bench.picture());
    }
    return report;
  }

  private static Quantization quantization(Options options) {
    String bits = options.text("--quantization");
    return bits == null
        ? Quantization.BITS_8
        : Quantization.valueOf(bits.equals("none") ? "NONE" : "BITS_" + bits);
  }
}
