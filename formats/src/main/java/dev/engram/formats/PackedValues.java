package dev.engram.formats;

import dev.engram.InvalidInputException;
import dev.engram.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.ExtensionTypeHeader;
import org.msgpack.core.MessageFormat;
import org.msgpack.core.MessagePacker;
import org.msgpack.core.MessageUnpacker;

/**
 * Named values as MessagePack: an instant is its timestamp, a vector its components as
 * little-endian float32 in a binary. A list of numbers is read as a vector, too. Nil is left out.
 * Static functions only.
 */
final class PackedValues {
  /** Metadata, and the map and the item that they are in. */
  private static final int MAX_DEPTH = Limits.MAX_DEPTH + 2;

  private PackedValues() {}

  static void write(MessagePacker packer, Object value) throws IOException {
    switch (value) {
      case String text -> packer.packString(text);
      case Long number -> packer.packLong(number);
      case Double number -> packer.packDouble(number);
      case Boolean flag -> packer.packBoolean(flag);
      case Instant instant -> packer.packTimestamp(instant);
      case float[] vector -> write(packer, vector);
      case List<?> list -> {
        packer.packArrayHeader(list.size());
        for (Object each : list) {
          write(packer, each);
        }
      }
      case Map<?, ?> map -> {
        packer.packMapHeader(map.size());
        for (Map.Entry<?, ?> each : map.entrySet()) {
          packer.packString(each.getKey().toString());
          write(packer, each.getValue());
        }
      }
      default -> throw new IllegalArgumentException("not a value: " + value.getClass());
    }
  }

  private static void write(MessagePacker packer, float[] vector) throws IOException {
    byte[] bytes = new byte[vector.length * Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(vector);
    packer.packBinaryHeader(bytes.length);
    packer.writePayload(bytes);
  }

  /** Reads a map. */
  static Map<String, Object> read(MessageUnpacker unpacker) throws IOException {
    Map<String, Object> values = map(unpacker, 0);
    if (values.get(Fields.VECTOR) instanceof List<?> list) {
      values.put(Fields.VECTOR, vector(list));
    }
    return values;
  }

  private static Map<String, Object> map(MessageUnpacker unpacker, int depth) throws IOException {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int left = unpacker.unpackMapHeader(); left > 0; left--) {
      String name = unpacker.unpackString();
      Object value = value(unpacker, depth + 1);
      if (value != null) {
        map.put(name, value);
      }
    }
    return map;
  }

  private static @Nullable Object value(MessageUnpacker unpacker, int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw new InvalidInputException("it is nested deeper than " + Limits.MAX_DEPTH);
    }
    MessageFormat format = unpacker.getNextFormat();
    return switch (format.getValueType()) {
      case NIL -> {
        unpacker.unpackNil();
        yield null;
      }
      case BOOLEAN -> unpacker.unpackBoolean();
      case INTEGER -> format == MessageFormat.UINT64 ? whole(unpacker) : unpacker.unpackLong();
      case FLOAT -> unpacker.unpackDouble();
      case STRING -> unpacker.unpackString();
      case BINARY -> binary(unpacker);
      case ARRAY -> list(unpacker, depth);
      case MAP -> map(unpacker, depth);
      case EXTENSION -> timestamp(unpacker);
    };
  }

  private static Object whole(MessageUnpacker unpacker) throws IOException {
    java.math.BigInteger number = unpacker.unpackBigInteger();
    return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
  }

  private static List<Object> list(MessageUnpacker unpacker, int depth) throws IOException {
    List<Object> list = new ArrayList<>();
    for (int left = unpacker.unpackArrayHeader(); left > 0; left--) {
      Object each = value(unpacker, depth + 1);
      if (each != null) {
        list.add(each);
      }
    }
    return list;
  }

  private static float[] binary(MessageUnpacker unpacker) throws IOException {
    int length = unpacker.unpackBinaryHeader();
    if (length % Float.BYTES != 0 || length > Limits.MAX_DIMENSION * Float.BYTES) {
      throw new InvalidInputException(
          "field=vector, bytes="
              + length
              + ", allowed=0.."
              + Limits.MAX_DIMENSION * Float.BYTES
              + " in fours");
    }
    float[] vector = new float[length / Float.BYTES];
    ByteBuffer.wrap(unpacker.readPayload(length))
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(vector);
    return vector;
  }

  private static Instant timestamp(MessageUnpacker unpacker) throws IOException {
    ExtensionTypeHeader header = unpacker.unpackExtensionTypeHeader();
    if (!header.isTimestampType() || header.getLength() > 12) {
      throw new InvalidInputException("it holds a type that is not known: " + header.getType());
    }
    try {
      return unpacker.unpackTimestamp(header);
    } catch (DateTimeException | ArithmeticException e) {
      throw new InvalidInputException("it holds a time that is out of range", e);
    }
  }

  private static float[] vector(List<?> list) {
    float[] vector = new float[list.size()];
    for (int i = 0; i < vector.length; i++) {
      if (!(list.get(i) instanceof Number number)) {
        throw new InvalidInputException("field=vector, component=" + i + ": it is not a number");
      }
      vector[i] = number.floatValue();
    }
    return vector;
  }
}
