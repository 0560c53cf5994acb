package dev.engram.formats;

import dev.engram.InvalidInputException;
import dev.engram.Limits;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Named values as JSON. An instant of an item's own is a text; one inside, which is a user's, is
 * {@code {"@instant": "2026-01-31T12:00:00Z"}}, so that it comes back as an instant; a user's own
 * key of that name gets one more {@code @}. Null is left out. Static functions only.
 */
final class JsonText {
  private static final String INSTANT = "@instant";

  /** About what a component takes with its comma. */
  private static final int COMPONENT_CHARS = 13;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(100)
                  .maxStringLength(64 << 20)
                  .maxNameLength(2 << 20)
                  .build())
          .rootValueSeparator("\n")
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .build();

  private JsonText() {}

  /** A generator that writes one value a line, and does not close the stream. */
  static JsonGenerator generator(OutputStream out) {
    return FACTORY.createGenerator(ObjectWriteContext.empty(), out);
  }

  static JsonParser parser(InputStream in) {
    return FACTORY.createParser(ObjectReadContext.empty(), in);
  }

  static JsonParser parser(byte[] bytes, int length) {
    return FACTORY.createParser(ObjectReadContext.empty(), bytes, 0, length);
  }

  /** Reads one item of a document. */
  interface Reading<T extends @Nullable Object> {
    T read();
  }

  /**
   * What a reading gives.
   *
   * @param place where it reads, such as {@code line=3}
   * @throws InvalidInputException where it is not JSON, or not what is wanted; it names the place
   */
  static <T extends @Nullable Object> T at(Supplier<String> place, Reading<T> reading) {
    try {
      return reading.read();
    } catch (JacksonException e) {
      throw failure(place, "it is not JSON in UTF-8, or cut short"); // the cause would quote it
    } catch (InvalidInputException e) {
      throw failure(place, String.valueOf(e.getMessage()));
    }
  }

  private static InvalidInputException failure(Supplier<String> place, String why) {
    return new InvalidInputException("cannot read the import: " + place.get() + ": " + why);
  }

  /** A user's values as text. */
  static String text(Map<?, ?> values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = generator(out)) {
      writeInner(json, values);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  /** What {@link #text} wrote. */
  static Map<String, Object> values(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (JsonParser json = parser(bytes, bytes.length)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new InvalidInputException("it is not an object");
      }
      return Values.named((Map<?, ?>) object(json, true));
    }
  }

  /** Writes an item's values. */
  static void write(JsonGenerator json, Map<String, Object> values) {
    json.writeStartObject();
    for (Map.Entry<String, Object> each : values.entrySet()) {
      json.writeName(each.getKey());
      if (each.getValue() instanceof Instant instant) {
        json.writeString(instant.toString());
      } else {
        writeInner(json, each.getValue());
      }
    }
    json.writeEndObject();
  }

  private static void writeInner(JsonGenerator json, Object value) {
    switch (value) {
      case String text -> json.writeString(text);
      case Long number -> json.writeNumber(number.longValue());
      case BigInteger number -> json.writeNumber(number);
      case Double number -> json.writeNumber(number.doubleValue());
      case Boolean flag -> json.writeBoolean(flag);
      case float[] vector -> write(json, vector);
      case Instant instant -> {
        json.writeStartObject();
        json.writeStringProperty(INSTANT, instant.toString());
        json.writeEndObject();
      }
      case List<?> list -> {
        json.writeStartArray();
        list.forEach(each -> writeInner(json, each));
        json.writeEndArray();
      }
      case Map<?, ?> map -> {
        json.writeStartObject();
        map.forEach((key, inner) -> {
          json.writeName(escaped(key.toString()));
          writeInner(json, inner);
        });
        json.writeEndObject();
      }
      default -> throw new IllegalArgumentException("not a value: " + value.getClass());
    }
  }

  /** As one text: to hand over each number would take as long again as to write it. */
  private static void write(JsonGenerator json, float[] vector) {
    StringBuilder text = new StringBuilder(2 + vector.length * COMPONENT_CHARS);
    text.append('[');
    for (int i = 0; i < vector.length; i++) {
      text.append(i == 0 ? "" : ",").append(vector[i]);
    }
    json.writeRawValue(text.append(']').toString());
  }

  /** Reads an item's values; the parser stands at the start of an object. */
  static Map<String, Object> read(JsonParser json) {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw new InvalidInputException("it is not an object");
    }
    Map<String, Object> values = new LinkedHashMap<>();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      JsonToken first = json.nextToken();
      Object value =
          name.equals(Fields.VECTOR) && first == JsonToken.START_ARRAY
              ? vector(json)
              : value(json, name.equals(Fields.METADATA));
      if (value != null) {
        values.put(name, value);
      }
    }
    return values;
  }

  private static float[] vector(JsonParser json) {
    float[] vector = new float[384];
    int length = 0;
    for (JsonToken token = json.nextToken();
        token != JsonToken.END_ARRAY;
        token = json.nextToken()) {
      if (token != JsonToken.VALUE_NUMBER_FLOAT && token != JsonToken.VALUE_NUMBER_INT) {
        throw new InvalidInputException(
            "field=vector, component=" + length + ": it is not a number");
      }
      if (length == Limits.MAX_DIMENSION) {
        throw new InvalidInputException(
            "field=vector, components: more than are allowed, " + Limits.MAX_DIMENSION);
      }
      vector = length == vector.length ? Arrays.copyOf(vector, 2 * length) : vector;
      vector[length++] = json.getFloatValue();
    }
    return Arrays.copyOf(vector, length);
  }

  /**
   * The value at which the parser stands; null for none.
   *
   * @param plain whether an object is not taken for an instant
   */
  private static @Nullable Object value(JsonParser json, boolean plain) {
    return switch (json.currentToken()) {
      case START_OBJECT -> object(json, plain);
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
          Object each = value(json, false);
          if (each != null) {
            list.add(each);
          }
        }
        yield list;
      }
      case VALUE_STRING -> json.getString();
      case VALUE_NUMBER_INT -> whole(json);
      case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> null;
    };
  }

  private static Object whole(JsonParser json) {
    return json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
        ? json.getBigIntegerValue()
        : (Object) json.getLongValue();
  }

  private static Object object(JsonParser json, boolean plain) {
    Map<String, Object> map = new LinkedHashMap<>();
    String raw = "";
    while (json.nextToken() != JsonToken.END_OBJECT) {
      raw = json.currentName();
      JsonToken _ = json.nextToken();
      Object inner = value(json, false);
      if (inner != null) {
        map.put(raw.equals(INSTANT) ? raw : unescaped(raw), inner);
      }
    }
    boolean instant = !plain && map.size() == 1 && raw.equals(INSTANT);
    return instant ? instant(map.get(INSTANT)) : map;
  }

  private static Instant instant(@Nullable Object written) {
    try {
      return Instant.parse(String.valueOf(written));
    } catch (DateTimeException e) {
      throw new InvalidInputException("invalid instant; write 2026-01-31T12:00:00Z", e);
    }
  }

  /** A user's own key must not read as an instant. */
  private static String escaped(String key) {
    return isEscaped(key) ? "@" + key : key;
  }

  private static String unescaped(String key) {
    return isEscaped(key) ? key.substring(1) : key;
  }

  private static boolean isEscaped(String key) {
    return key.endsWith(INSTANT) && key.chars().limit(key.length() - 7L).allMatch(c -> c == '@');
  }
}
