package dev.engram.cli;

import dev.engram.Memory;
import dev.engram.MemorySpace;
import dev.engram.Page;
import dev.engram.Scan;
import dev.engram.VectorCollection;
import dev.engram.VectorRecord;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Writes a space or a collection as JSON Lines. */
@Command(
    name = "export",
    sortOptions = false,
    description = {
      "Write a space or a collection as JSON Lines, which 'import' reads again.",
      "Ids, texts, metadata, provenance, expiry, event times and validity come back as they were,"
          + " and with them what a collection was made with; other dates, access counts,"
          + " importance, pins and synapses begin anew."
    })
final class ExportCommand implements Callable<Integer> {
  private static final int PAGE = 500;

  @ParentCommand Cli cli = Parents.none();

  @Option(
      names = "--collection",
      paramLabel = "NAME",
      description = "The collection to write, instead of a space.")
  @Nullable String collection;

  @Option(
      names = "--vectors",
      description = "Write the vectors of a collection too; a space makes its own anew.")
  boolean vectors;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to write; standard output unless given. Replaced when all is written.")
  @Nullable Path out;

  @Override
  public Integer call() throws IOException {
    try (Session session = cli.open()) {
      cli.say("exported " + (out == null ? toConsole(session) : toFile(session, out)));
    }
    return ExitCode.OK;
  }

  private long toConsole(Session session) throws IOException {
    Writer writer = new OutputStreamWriter(cli.console().out(), StandardCharsets.UTF_8);
    long count = write(session, writer);
    writer.flush();
    return count;
  }

  private long toFile(Session session, Path given) throws IOException {
    AtomicLong count = new AtomicLong();
    OutputFile.write(given, writer -> count.set(write(session, writer)));
    return count.get();
  }

  private long write(Session session, Writer writer) throws IOException {
    return collection == null
        ? writeSpace(session.space(cli.spaceName()), writer)
        : writeCollection(session.engram().collection(collection), writer);
  }

  private static long writeSpace(MemorySpace space, Writer writer) throws IOException {
    long count = 0;
    Optional<String> cursor = Optional.empty();
    do {
      Page<Memory> page = space.scan(scan(cursor));
      for (Memory memory : page.items()) {
        writer.append(Json.write(Json.memory(memory))).append('\n');
        count++;
      }
      cursor = page.next();
    } while (cursor.isPresent());
    return count;
  }

  private long writeCollection(VectorCollection source, Writer writer) throws IOException {
    writer.append(Json.write(CollectionHeader.of(source.info().config()))).append('\n');
    long count = 0;
    Optional<String> cursor = Optional.empty();
    do {
      Page<VectorRecord> page = source.scan(scan(cursor));
      for (VectorRecord row : page.items()) {
        VectorRecord record = vectors ? source.get(row.id()).orElse(row) : row;
        writer.append(Json.write(Json.record(record, vectors))).append('\n');
        count++;
      }
      cursor = page.next();
    } while (cursor.isPresent());
    return count;
  }

  private static Scan scan(Optional<String> cursor) {
    Scan scan = Scan.first().limit(PAGE);
    return cursor.map(scan::after).orElse(scan);
  }
}
