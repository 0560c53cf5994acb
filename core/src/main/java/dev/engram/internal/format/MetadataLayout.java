package dev.engram.internal.format;

import dev.engram.InvalidInputException;
import dev.engram.Limits;
import dev.engram.Metadata;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The bytes of metadata: a map body, without frame, version or checksum, which belong to the row
 * that holds it.
 *
 * <pre>
 * map body   varint count, then count times: text key, value
 * value      u8 tag, then
 *   0 string     varint length, UTF-8
 *   1 integer    zigzag varint
 *   2 decimal    8 bytes, IEEE 754, big-endian
 *   3 false      nothing
 *   4 true       nothing
 *   5 instant    zigzag varint of the epoch second, varint of the nanosecond
 *   6 list       varint count, values
 *   7 map        map body
 * </pre>
 *
 * <p>The bytes are a function of the values and their order: equal metadata in one order always
 * give equal bytes. Reading trusts nothing: unknown tags, repeated keys, values that metadata
 * refuse and nesting beyond {@link Limits#MAX_DEPTH} are a {@link
 * dev.engram.CorruptStoreException}.
 */
public final class MetadataLayout {
  private static final int STRING = 0;
  private static final int INTEGER = 1;
  private static final int DECIMAL = 2;
  private static final int FALSE = 3;
  private static final int TRUE = 4;
  private static final int INSTANT = 5;
  private static final int LIST = 6;
  private static final int MAP = 7;
  private static final int PRESIZED = 16;

  private MetadataLayout() {}

  /** Appends the metadata: exactly {@link Metadata#encodedBytes} bytes. */
  public static void encode(ByteWriter out, Metadata metadata) {
    writeMap(out, metadata.asMap());
  }

  /** Reads what {@link #encode} wrote, and nothing after it. */
  public static Metadata decode(ByteReader in) {
    Map<String, Object> values = readMap(in, 0);
    try {
      return Metadata.ofMap(values);
    } catch (InvalidInputException e) {
      throw in.damaged(String.valueOf(e.getMessage()));
    }
  }

  /** Appends one value of a kind that metadata hold. */
  public static void writeValue(ByteWriter out, Object value) {
    switch (value) {
      case String text -> out.u8(STRING).text(text);
      case Long number -> out.u8(INTEGER).varint(zigzag(number));
      case Double number -> out.u8(DECIMAL).f64(number);
      case Boolean truth -> out.u8(truth ? TRUE : FALSE);
      case Instant instant ->
          out.u8(INSTANT).varint(zigzag(instant.getEpochSecond())).varint(instant.getNano());
      case List<?> list -> {
        out.u8(LIST).varint(list.size());
        list.forEach(element -> writeValue(out, element));
      }
      case Map<?, ?> map -> writeMap(out.u8(MAP), map);
      default -> throw new IllegalArgumentException("type=" + value.getClass().getName());
    }
  }

  private static void writeMap(ByteWriter out, Map<?, ?> map) {
    out.varint(map.size());
    map.forEach((key, value) -> writeValue(out.text((String) key), value));
  }

  /** Reads what {@link #writeValue} wrote. */
  public static Object readValue(ByteReader in) {
    return readValue(in, 0);
  }

  private static Object readValue(ByteReader in, int depth) {
    int tag = in.u8();
    return switch (tag) {
      case STRING -> readText(in);
      case INTEGER -> unzigzag(in.varint());
      case DECIMAL -> in.f64();
      case FALSE -> false;
      case TRUE -> true;
      case INSTANT -> readInstant(in);
      case LIST -> readList(in, deeper(in, depth));
      case MAP -> readMap(in, deeper(in, depth));
      default -> throw in.damaged("tag=" + tag + " is no kind of value");
    };
  }

  private static int deeper(ByteReader in, int depth) {
    if (depth >= Limits.MAX_DEPTH) {
      throw in.damaged("nesting exceeds the limit=" + Limits.MAX_DEPTH);
    }
    return depth + 1;
  }

  private static Map<String, Object> readMap(ByteReader in, int depth) {
    int count = in.length();
    Map<String, Object> map = LinkedHashMap.newLinkedHashMap(Math.min(count, PRESIZED));
    for (int i = 0; i < count; i++) {
      if (map.put(readText(in), readValue(in, depth)) != null) {
        throw in.damaged("a key is there twice");
      }
    }
    return map;
  }

  private static List<Object> readList(ByteReader in, int depth) {
    int count = in.length();
    List<Object> list = new ArrayList<>(Math.min(count, PRESIZED));
    for (int i = 0; i < count; i++) {
      list.add(readValue(in, depth));
    }
    return list;
  }

  private static String readText(ByteReader in) {
    byte[] bytes = in.block();
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') >= 0
        && !Arrays.equals(bytes, text.getBytes(StandardCharsets.UTF_8))) {
      throw in.damaged("a text is not UTF-8");
    }
    return text;
  }

  private static Instant readInstant(ByteReader in) {
    long second = unzigzag(in.varint());
    long nano = in.varint();
    if (nano < 0 || nano > 999_999_999) {
      throw in.damaged("nanosecond=" + nano + " is out of range");
    }
    try {
      return Instant.ofEpochSecond(second, nano);
    } catch (DateTimeException e) {
      throw in.damaged("second=" + second + " is out of range");
    }
  }

  private static long zigzag(long value) {
    return (value << 1) ^ (value >> 63);
  }

  private static long unzigzag(long value) {
    return (value >>> 1) ^ -(value & 1);
  }
}
