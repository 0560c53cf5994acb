package dev.engram.bench;

import dev.engram.Quantization;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The vector index beside its peers and brute force: one process, one thread, the same vectors and
 * the same true neighbours; the peers are built one after the other and sweep in turns. Every speed
 * is shown with the recall of the same run.
 */
final class VectorBench {
  /** How many each query asks for. */
  static final int NEIGHBOURS = 10;

  /** All peers, in the order in which they are measured. */
  static final List<String> PEERS =
      List.of("engram", "lucene", "lucene-8bit", "lucene-1bit", "jvector", "brute");

  private static final int WARM_UP = 30_000;

  private final Vectors data;
  private final List<String> names;
  private final Quantization quantization;
  private final Report report = new Report();
  private final Map<String, List<Point>> sweeps = new LinkedHashMap<>();

  /**
   * @param names of the peers to measure
   * @param quantization of Engram's index
   */
  VectorBench(Vectors data, List<String> names, Quantization quantization) {
    this.data = data;
    this.names = List.copyOf(names);
    this.quantization = quantization;
  }

  Report run() throws IOException {
    System.err.println("brute force: true neighbours in " + data.name());
    Truths truths = new Truths(data);
    List<PeerRun.Outcome> outcomes = new ArrayList<>();
    try (Peers peers = new Peers(truths)) {
      for (String name : names) {
        warmUp(name);
        peers.add(peer(name)).build();
      }
      for (int i = 0; i < Sweep.VISITS; i++) {
        for (PeerRun each : peers.runs) {
          each.sweep();
        }
      }
      for (PeerRun each : peers.runs) {
        outcomes.add(each.finish());
      }
    }
    outcomes.forEach(outcome -> sweeps.put(outcome.name(), outcome.points()));
    new VectorBudgets(report).hold(outcomes);
    return report;
  }

  /** Peers that are open at the same time. */
  private final class Peers implements AutoCloseable {
    private final List<Peer> open = new ArrayList<>();
    private final List<PeerRun> runs = new ArrayList<>();

    private final Truths truths;

    Peers(Truths truths) {
      this.truths = truths;
    }

    PeerRun add(Peer peer) {
      open.add(peer);
      runs.add(new PeerRun(peer, data, truths, report));
      return runs.getLast();
    }

    @Override
    public void close() throws IOException {
      for (Peer each : open.reversed()) {
        each.close();
      }
    }
  }

  /** The sweeps of {@link #run} as a picture. */
  String picture() {
    return RecallPlot.svg("recall@" + NEIGHBOURS + ", " + data.name(), sweeps);
  }

  /** A small index is built first, so that nobody's build is measured while it is compiled. */
  private void warmUp(String name) throws IOException {
    try (Peer peer = peer(name)) {
      peer.build(Arrays.copyOf(data.base(), Math.min(data.count(), WARM_UP)));
    }
  }

  private Peer peer(String name) throws IOException {
    return switch (name) {
      case "engram" -> new EngramVectors(data, quantization);
      case "lucene" -> new LuceneVectors(LuceneVectors.Form.FLOAT, data);
      case "lucene-8bit" -> new LuceneVectors(LuceneVectors.Form.BYTE, data);
      case "lucene-1bit" -> new LuceneVectors(LuceneVectors.Form.BIT, data);
      case "jvector" -> new JVectorGraph(data);
      case "brute" -> new BruteForce(data);
      default -> throw new IllegalArgumentException("no such peer: " + name + "; one of " + PEERS);
    };
  }
}
