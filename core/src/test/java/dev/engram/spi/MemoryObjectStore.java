package dev.engram.spi;

import dev.engram.CorruptStoreException;
import dev.engram.ExistsException;
import dev.engram.InvalidInputException;
import dev.engram.NotFoundException;
import dev.engram.StorageException;
import dev.engram.internal.format.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Objects in memory, which a test may look at and spoil, with failures where it wants them. */
public final class MemoryObjectStore implements ObjectStore {
  private static final String BY_DIGEST = "objects/";

  private final NavigableMap<String, byte[]> objects = new ConcurrentSkipListMap<>();
  private final AtomicInteger puts = new AtomicInteger();
  private final AtomicLong sentBytes = new AtomicLong();
  private final AtomicInteger operations = new AtomicInteger();
  private int failing;
  private boolean noticing;

  /** The objects themselves. */
  public NavigableMap<String, byte[]> objects() {
    return objects;
  }

  /** How many objects were put. */
  public int puts() {
    return puts.get();
  }

  /** Bytes of the objects that were put. */
  public long bytes() {
    return sentBytes.get();
  }

  /** The n-th operation from now on fails; 0 for none. */
  public void failAt(int n) {
    failing = n == 0 ? 0 : operations.get() + n;
  }

  /** Whether reading an object that is named by its SHA-256 ends with an error where it changed. */
  public void noticing(boolean wanted) {
    noticing = wanted;
  }

  private static boolean isAltered(String name, byte[] bytes) {
    String digest = HexFormat.of().formatHex(Digest.newSha256().digest(bytes));
    return name.startsWith(BY_DIGEST) && !name.equals(BY_DIGEST + digest);
  }

  /** The bytes, and at their end the news that they are not what was put. */
  private static InputStream altered(String name, byte[] bytes) {
    InputStream end =
        new InputStream() {
          @Override
          public int read() {
            throw new CorruptStoreException("the object was altered: name=" + name);
          }

          @Override
          public int read(byte[] into, int offset, int length) {
            return read();
          }
        };
    return new SequenceInputStream(new ByteArrayInputStream(bytes), end);
  }

  private void operate(String name) {
    if (operations.incrementAndGet() == failing) {
      throw new StorageException("planted failure: name=" + name);
    }
    boolean wellFormed = name.isEmpty() || name.matches("[a-z0-9_-]([a-z0-9._/-]*[a-z0-9_-])?[/]?");
    if (!wellFormed
        || name.length() > MAX_NAME
        || name.contains("..")
        || name.contains("//")
        || name.contains("/.")) {
      throw new InvalidInputException("invalid name of an object: name=" + name);
    }
  }

  private void named(String name) {
    operate(name);
    if (name.isEmpty() || name.endsWith("/")) {
      throw new InvalidInputException("invalid name of an object: name=" + name);
    }
  }

  @Override
  public String place() {
    return "memory " + System.identityHashCode(this);
  }

  @Override
  public void put(String name, InputStream bytes, long length) {
    named(name);
    objects.put(name, read(bytes, length));
    sent(length);
  }

  private void sent(long length) {
    puts.incrementAndGet();
    sentBytes.addAndGet(length);
  }

  private static byte[] read(InputStream bytes, long length) {
    try {
      byte[] all = bytes.readAllBytes();
      if (all.length != length) {
        throw new InvalidInputException("length=" + length + ", is=" + all.length);
      }
      return all;
    } catch (IOException e) {
      throw new StorageException("cannot read what is put", e);
    }
  }

  @Override
  public void create(String name, InputStream bytes, long length) {
    named(name);
    if (objects.putIfAbsent(name, read(bytes, length)) != null) {
      throw new ExistsException("there is such an object: name=" + name);
    }
    sent(length);
  }

  @Override
  public InputStream get(String name) {
    named(name);
    byte[] bytes = objects.get(name);
    if (bytes == null) {
      throw new NotFoundException("there is no such object: name=" + name);
    }
    return noticing && isAltered(name, bytes)
        ? altered(name, bytes)
        : new ByteArrayInputStream(bytes);
  }

  @Override
  public List<ObjectInfo> list(String prefix) {
    operate(prefix);
    return objects.entrySet().stream()
        .filter(each -> each.getKey().startsWith(prefix))
        .map(each -> new ObjectInfo(each.getKey(), each.getValue().length))
        .toList();
  }

  @Override
  public void delete(String name) {
    named(name);
    objects.remove(name);
  }
}
