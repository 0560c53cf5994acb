package dev.engram.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** What the writers of a child process are to do: a file for each, a line for each change. */
final class Plans {
  private static final String END = ".";

  private Plans() {}

  /** For each part the next transactions, drawn from what it holds. */
  static List<List<List<Op>>> draw(World world, RandomGenerator random, int transactions) {
    List<List<List<Op>>> plans = new ArrayList<>();
    for (int part = 0; part < Model.PARTS; part++) {
      State base = world.model().parts().get(part);
      plans.add(new Planner(base, part, world.millis(), random).plan(transactions));
    }
    return plans;
  }

  /** Writes the plans into a new folder. */
  static Path write(Path folder, List<List<List<Op>>> plans) throws IOException {
    Files.createDirectories(folder);
    for (int part = 0; part < plans.size(); part++) {
      List<String> lines = new ArrayList<>();
      for (List<Op> transaction : plans.get(part)) {
        transaction.forEach(op -> lines.add(op.line()));
        lines.add(END);
      }
      Files.write(file(folder, part), lines);
    }
    return folder;
  }

  /** Reads one of them. */
  static List<List<Op>> read(Path folder, int part) throws IOException {
    List<List<Op>> plan = new ArrayList<>();
    List<Op> transaction = new ArrayList<>();
    for (String line : Files.readAllLines(file(folder, part))) {
      if (line.equals(END)) {
        plan.add(List.copyOf(transaction));
        transaction.clear();
      } else {
        transaction.add(Op.of(line));
      }
    }
    return plan;
  }

  private static Path file(Path folder, int part) {
    return folder.resolve("part" + part);
  }
}
