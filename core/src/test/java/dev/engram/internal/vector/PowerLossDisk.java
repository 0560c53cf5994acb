package dev.engram.internal.vector;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A disk that knows, before each operation, what a power loss at that moment could leave: of a file
 * what was forced, of a directory what was synced, and of everything since any part. It works on a
 * real directory, all of which counts as durable at first. What was forced must not change any
 * more. Not thread-safe.
 */
final class PowerLossDisk implements Disk {
  /** What a killed process sees of the disk. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  private final Path directory;
  private final Map<String, Node> names = new TreeMap<>();
  private final List<Change> pending = new ArrayList<>();
  private final List<Moment> moments = new ArrayList<>();
  private final List<Map<String, byte[]>> published = new ArrayList<>();
  private Map<String, Node> durable = new TreeMap<>();
  private boolean honest = true;
  private int operations;
  private int killAt = Integer.MAX_VALUE;

  /** A file, whatever its name: what survives of it for certain, and what was written last. */
  private static final class Node {
    byte[] forced = {};
    byte[] written = {};
    boolean immutable;

    /** Whether these are the same. */
    boolean certain;
  }

  /** A change of a directory: one name goes, another comes to a file, or one of both. */
  private record Change(@Nullable String gone, @Nullable String come, @Nullable Node node) {
    void apply(Map<String, Node> names) {
      if (gone != null) {
        names.remove(gone);
      }
      if (come != null) {
        names.put(come, node);
      }
    }
  }

  /** Of a file: what survives of it for certain, what was written last, whether it is the same. */
  record Content(byte[] forced, byte[] written, boolean certain) {}

  /**
   * A moment at which the power may fail.
   *
   * @param before which operation
   * @param ways what may be left of the directory; in order: every change that is not synced lost,
   *     none of them, then others
   * @param published the files when a manifest came or went, of those that may be found
   */
  record Moment(
      int number,
      String before,
      List<Map<String, Content>> ways,
      List<Map<String, byte[]>> published) {}

  PowerLossDisk(Path directory) throws IOException {
    this.directory = directory;
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Node node = new Node();
        node.forced = Files.readAllBytes(file);
        node.written = node.forced;
        node.immutable = true;
        node.certain = true;
        names.put(file.getFileName().toString(), node);
      }
    }
    durable.putAll(names);
    published.add(files());
  }

  /** From now on it promises, but forces and syncs nothing. */
  void lie() {
    honest = false;
  }

  /** The process is killed after so many more operations. */
  void killAfter(int more) {
    killAt = operations + more;
  }

  /** Another process goes on. */
  void revive() {
    killAt = Integer.MAX_VALUE;
  }

  /** The moments since it was asked last, and this one. */
  List<Moment> moments() {
    note("the end");
    List<Moment> passed = List.copyOf(moments);
    moments.clear();
    return passed;
  }

  @Override
  public FileChannel create(Path file) throws IOException {
    begin("create", file);
    Node node = names.get(name(file));
    if (node == null) {
      node = new Node();
      change(new Change(null, name(file), node));
    }
    node.immutable = false;
    node.certain = false;
    return UnforcedDisk.DISK.create(file);
  }

  @Override
  public void force(Path file, MemorySegment mapped) {
    forced(file);
  }

  @Override
  public void force(Path file, FileChannel channel) {
    forced(file);
  }

  private void forced(Path file) {
    begin("force", file);
    Node node = names.get(name(file));
    node.immutable = true;
    node.forced = honest ? node.written : node.forced;
    node.certain = honest;
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    begin("rename", to);
    change(new Change(name(from), name(to), names.get(name(from))));
    UnforcedDisk.DISK.rename(from, to);
    if (name(to).equals("manifest")) {
      published.add(files());
    }
  }

  @Override
  public void delete(Path file) throws IOException {
    begin("delete", file);
    if (names.containsKey(name(file))) {
      change(new Change(name(file), null, null));
    }
    UnforcedDisk.DISK.delete(file);
    if (name(file).equals("manifest")) {
      published.add(files());
    }
  }

  @Override
  public void sync(Path synced) {
    begin("sync", synced);
    if (honest) {
      durable = new TreeMap<>(names);
      pending.clear();
      published.subList(0, published.size() - 1).clear();
    }
  }

  private void change(Change change) {
    change.apply(names);
    pending.add(change);
  }

  private void begin(String operation, Path file) {
    if (operations >= killAt) {
      throw new Killed();
    }
    operations++;
    note(operation + " " + name(file));
  }

  private void note(String before) {
    names.forEach(this::read);
    moments.add(new Moment(operations, before, ways(), List.copyOf(published)));
  }

  private void read(String name, Node node) {
    try {
      byte[] now = Files.readAllBytes(directory.resolve(name));
      boolean same = Arrays.equals(now, node.written);
      if (node.immutable && !same) {
        throw new AssertionError("written after it was forced: " + name);
      }
      node.written = same ? node.written : now;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** None of the changes, all, each beginning, each alone, each left out. */
  private List<Map<String, Content>> ways() {
    List<Map<String, Content>> ways = new ArrayList<>();
    ways.add(after(List.of()));
    ways.add(after(pending));
    for (int i = 0; i < pending.size(); i++) {
      ways.add(after(pending.subList(0, i)));
      ways.add(after(pending.subList(i, i + 1)));
      List<Change> others = new ArrayList<>(pending);
      others.remove(i);
      ways.add(after(others));
    }
    return ways;
  }

  private Map<String, Content> after(List<Change> changes) {
    Map<String, Node> left = new TreeMap<>(durable);
    changes.forEach(change -> change.apply(left));
    Map<String, Content> contents = new TreeMap<>();
    left.forEach(
        (name, node) -> contents.put(name, new Content(node.forced, node.written, node.certain)));
    return contents;
  }

  private Map<String, byte[]> files() {
    Map<String, byte[]> files = new TreeMap<>();
    names.forEach((name, node) -> files.put(name, node.written));
    return files;
  }

  private static String name(Path path) {
    return path.getFileName().toString();
  }
}
