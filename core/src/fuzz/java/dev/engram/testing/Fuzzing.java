package dev.engram.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Gives a decoder bytes that nobody wrote: valid encodings that are changed at random. Whatever
 * they are, there has to come a value, or a refusal that was expected; soon, and in memory that
 * their number explains. Immutable; every method returns a changed copy.
 *
 * <p>{@code engram.fuzz} says how many times as many inputs there are as in {@code verify}, {@code
 * engram.seed} which.
 */
public final class Fuzzing {
  private static final long SEED = Long.getLong("engram.seed", System.nanoTime());
  private static final int TIMES = Integer.getInteger("engram.fuzz", 1);
  private static final long LEAST_BYTES = 4 << 20;
  private static final long BYTES_A_BYTE = 512;
  private static final Duration LONGEST = Duration.ofSeconds(10);
  private static final int SHOWN_BYTES = 2_000;
  private static final ThreadMXBean MEMORY = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final String what;
  private final List<byte[]> valid;
  private final Class<? extends Exception> refusal;
  private final int inputs;
  private final long leastBytes;
  private final UnaryOperator<byte[]> ending;

  private Fuzzing(
      String what,
      List<byte[]> valid,
      Class<? extends Exception> refusal,
      int inputs,
      long leastBytes,
      UnaryOperator<byte[]> ending) {
    this.what = what;
    this.valid = valid;
    this.refusal = refusal;
    this.inputs = inputs;
    this.leastBytes = leastBytes;
    this.ending = ending;
  }

  /**
   * Encodings, each of which is read without a refusal.
   *
   * @param what names the decoder
   * @param refusal what may be thrown
   */
  public static Fuzzing of(
      String what, Class<? extends Exception> refusal, List<byte[]> encodings) {
    return new Fuzzing(what, encodings, refusal, 1_000, LEAST_BYTES, UnaryOperator.identity());
  }

  /** Texts, in UTF-8. */
  public static Fuzzing ofTexts(String what, Class<? extends Exception> refusal, String... texts) {
    return of(
        what,
        refusal,
        Arrays.stream(texts).map(text -> text.getBytes(StandardCharsets.UTF_8)).toList());
  }

  /** So many inputs. */
  public Fuzzing inputs(int number) {
    return new Fuzzing(what, valid, refusal, number, leastBytes, ending);
  }

  /** So much memory may be taken whatever comes: for buffers of a fixed size. */
  public Fuzzing allowing(long bytes) {
    return new Fuzzing(what, valid, refusal, inputs, bytes, ending);
  }

  /**
   * What is done to most inputs at last: a checksum that fits, so that it is not all that is seen.
   */
  public Fuzzing ending(UnaryOperator<byte[]> sealing) {
    return new Fuzzing(what, valid, refusal, inputs, leastBytes, sealing);
  }

  /** What a decoder throws that takes everything: never. */
  public static final class Nothing extends Exception {
    private static final long serialVersionUID = 1L;

    private Nothing() {}
  }

  /** What reads bytes. */
  @FunctionalInterface
  public interface Decoder {
    void decode(byte[] bytes) throws Exception;
  }

  /** The same, of texts. */
  public void runTexts(Consumer<String> decoder) {
    run(bytes -> decoder.accept(new String(bytes, StandardCharsets.UTF_8)));
  }

  /** Lets it read. */
  public void run(Decoder decoder) {
    Random random = new Random(SEED ^ what.hashCode());
    for (byte[] each : valid) {
      assertTrue(isRead(decoder, each, 0, true), () -> what + ": one that is valid is refused");
    }
    Mutation mutation = new Mutation(random, valid);
    long refused = 0;
    for (long i = 1; i <= (long) inputs * TIMES; i++) {
      byte[] changed = mutation.next();
      byte[] input = random.nextInt(10) == 0 ? changed : ending.apply(changed);
      refused += isRead(decoder, input, i, true) ? 0 : 1;
    }
    boolean all = refusal.equals(Nothing.class);
    assertTrue(all || refused > 0, what + ": nothing was refused, seed=" + SEED);
  }

  /**
   * Whether it was read; else it was refused.
   *
   * @param first what takes much memory does so again, if it was not for classes that were loaded
   */
  private boolean isRead(Decoder decoder, byte[] input, long number, boolean first) {
    long bytes = MEMORY.getCurrentThreadAllocatedBytes();
    long began = System.nanoTime();
    boolean read = false;
    try {
      decoder.decode(input.clone());
      read = true;
    } catch (Exception | StackOverflowError | OutOfMemoryError | AssertionError e) {
      if (!refusal.isInstance(e)) {
        fail(what + ": " + e + description(input, number), e);
      }
    }
    long took = System.nanoTime() - began;
    long taken = MEMORY.getCurrentThreadAllocatedBytes() - bytes;
    if (taken > leastBytes + BYTES_A_BYTE * input.length) {
      if (first) {
        return isRead(decoder, input, number, false);
      }
      fail(what + ": it took " + taken + " bytes of memory" + description(input, number));
    }
    if (took > LONGEST.toNanos()) {
      fail(what + ": it took " + Duration.ofNanos(took) + description(input, number));
    }
    return read;
  }

  private static String description(byte[] input, long number) {
    byte[] shown = Arrays.copyOf(input, Math.min(input.length, SHOWN_BYTES));
    return ", seed="
        + SEED
        + ", input="
        + number
        + ", bytes="
        + input.length
        + ": "
        + HexFormat.of().formatHex(shown);
  }
}
