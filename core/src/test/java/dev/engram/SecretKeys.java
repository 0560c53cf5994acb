package dev.engram;

import dev.engram.spi.KeySource;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Master keys for tests, as a key management service would give them: key {@code n} has the id
 * {@code "n"}. Strict: the caller must overwrite what it was given before it asks again.
 */
public final class SecretKeys implements KeySource {
  private final int first;
  private final AtomicInteger newest;
  private byte[] given = new byte[32];

  /** Only one key. */
  public SecretKeys(int number) {
    this(number, number);
  }

  /** These keys and those between them. */
  public SecretKeys(int first, int newest) {
    this.first = first;
    this.newest = new AtomicInteger(newest);
  }

  /** One more. */
  public void add() {
    newest.incrementAndGet();
  }

  @Override
  public String current() {
    return newest.toString();
  }

  @Override
  public synchronized byte[] key(String id) {
    for (byte b : given) {
      if (b != 0) {
        throw new AssertionError("a master key was not overwritten");
      }
    }
    int number = Integer.parseInt(id);
    if (number < first || number > newest.get()) {
      throw new EncryptionException("no such key: id=" + id);
    }
    given = new byte[32];
    Arrays.fill(given, (byte) number);
    return given;
  }
}
