package dev.engram.cli;

import dev.engram.NearDuplicates;
import picocli.CommandLine.Option;

/** From when on memories say nearly the same. */
final class LikenessOptions {
  @Option(
      names = "--similarity",
      paramLabel = "COSINE",
      description = "From which similarity on vectors say nearly the same; 0.95 unless given.")
  double cosine = NearDuplicates.LEAST_COSINE;

  @Option(
      names = "--words",
      paramLabel = "SHARE",
      description = "From which share of common words on texts do, without a vector; 0.9.")
  double words = NearDuplicates.LEAST_WORDS;

  /** What is to be done with them, from then on. */
  NearDuplicates of(NearDuplicates.Action action) {
    return new NearDuplicates(action, cosine, words);
  }
}
