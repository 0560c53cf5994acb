package dev.engram.bench;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePacker;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.Value;

/**
 * A program that does with MessagePack's own library what an export and its reading do: packs the
 * values of an export into a file, and unpacks that. Nothing is read from a store, nothing is
 * digested.
 */
final class PackedAlone {
  /** Values that are packed again and again. */
  private static final int VALUES = 10_000;

  private static final int BUFFER = 1 << 16;

  private PackedAlone() {}

  /**
   * How fast.
   *
   * @param written values packed a second, until they are durable
   * @param read values unpacked a second
   */
  record Outcome(double written, double read) {}

  /** Runs it in a JVM of its own, with the heap that an export has. */
  static Outcome inOwnProcess(Path export, Path file, long values)
      throws IOException, InterruptedException {
    List<String> words =
        OwnProcess.run(PackedAlone.class, TransferRun.HEAP_MIB, export, file, values);
    return new Outcome(Double.parseDouble(words.get(0)), Double.parseDouble(words.get(1)));
  }

  /** Arguments: an export, the file to be written, and how many values. */
  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[1]);
    long count = Long.parseLong(args[2]);
    List<Value> values = some(Path.of(args[0]));
    double written = count / pack(values, file, count);
    long began = System.nanoTime();
    Measured.require(unpack(file) == count, "values are missing");
    System.out.println(written + " " + count / Measured.seconds(began));
  }

  private static List<Value> some(Path export) throws IOException {
    List<Value> values = new ArrayList<>();
    try (MessageUnpacker in = unpacker(export)) {
      while (values.size() < VALUES && in.hasNext()) {
        values.add(in.unpackValue());
      }
    }
    return values;
  }

  private static double pack(List<Value> values, Path file, long count) throws IOException {
    long began = System.nanoTime();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      MessagePacker out =
          MessagePack.newDefaultPacker(
              new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER));
      for (long i = 0; i < count; i++) {
        out.packValue(values.get((int) (i % values.size())));
      }
      out.flush();
      channel.force(true);
      return Measured.seconds(began);
    }
  }

  private static long unpack(Path file) throws IOException {
    long count = 0;
    try (MessageUnpacker in = unpacker(file)) {
      while (in.hasNext()) {
        Value value = in.unpackValue();
        count += value.isNilValue() ? 0 : 1;
      }
    }
    return count;
  }

  private static MessageUnpacker unpacker(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER);
    return MessagePack.newDefaultUnpacker(in);
  }
}
