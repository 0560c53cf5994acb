package dev.engram.soak;

import dev.engram.Engram;
import dev.engram.EngramConfig;
import dev.engram.Export;
import dev.engram.Import;
import dev.engram.InvalidInputException;
import dev.engram.Progress;
import dev.engram.Transfer;
import dev.engram.TransferReport;
import dev.engram.testing.Damage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Exports everything in some form and compression, imports it into another store, and compares;
 * then damages the file, which must be refused or say the same.
 */
final class TransferStep {
  private static final List<String> FORMS = List.of("jsonl", "json", "msgpack", "sqlite");

  private TransferStep() {}

  static void run(World world, RandomGenerator random) throws IOException {
    Transfer transfer = world.engram().transfer();
    List<String> compressions = new ArrayList<>(transfer.compressions());
    compressions.addFirst(Child.NOTHING);
    String form = FORMS.get(random.nextInt(FORMS.size()));
    String compression = compressions.get(random.nextInt(compressions.size()));
    Export export = Export.everything().format(form);
    Path file = world.fresh("export");
    TransferReport written =
        transfer.write(
            compression.equals(Child.NOTHING) ? export : export.compression(compression),
            file,
            Progress.NONE);
    requireAll(world, written);
    importInto(world, file, random, form + " " + compression);
    damaged(world, file, random, written);
    World.delete(file);
  }

  private static void requireAll(World world, TransferReport report) {
    Model model = world.model();
    long records = model.docs(world.millis()).count() + model.notes().count() + model.bulkCount();
    SoakFailure.require(
        report.records() == records && report.synapses() == model.links().count(),
        "exported: wanted=" + records + " and " + model.links().count() + ", told=" + report);
  }

  private static void importInto(World world, Path file, RandomGenerator random, String what) {
    try (Engram other = Engram.open(EngramConfig.inMemory().clock(world.clock()))) {
      TransferReport read = other.transfer().read(Import.exact(), file, Progress.NONE);
      requireAll(world, read);
      SoakFailure.requireNone(
          Answers.differencesAndFindings(other, world.model(), world.millis(), random),
          "imported from " + what);
    }
  }

  private static void damaged(
      World world, Path file, RandomGenerator random, TransferReport written) throws IOException {
    byte[] intact = Files.readAllBytes(file);
    int at = random.nextInt(intact.length);
    int bit = random.nextInt(8);
    Files.write(file, Damage.flipped(intact, at, bit));
    try (Engram other = Engram.open(EngramConfig.inMemory().clock(world.clock()))) {
      String sha256;
      try {
        byte[] bytes = Files.readAllBytes(file);
        sha256 =
            other
                .transfer()
                .verify(Import.exact(), new ByteArrayInputStream(bytes), Progress.NONE)
                .sha256()
                .orElse("");
      } catch (InvalidInputException e) {
        refused(other, file);
        return;
      }
      SoakFailure.require(
          written.sha256().orElse("none").equals(sha256),
          "a damaged export says something else: at=" + at + ", bit=" + bit);
    }
  }

  private static void refused(Engram other, Path file) {
    try {
      TransferReport report = other.transfer().read(Import.exact(), file, Progress.NONE);
      throw new SoakFailure("a damaged export was imported: " + report);
    } catch (InvalidInputException e) {
      SoakFailure.require(other.catalog().list().isEmpty(), "a damaged export changed a store");
    }
  }
}
