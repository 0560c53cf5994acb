package dev.engram;

import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The id of a record or memory within its collection: a text, a UUID or an unsigned 64-bit number.
 * The three kinds never collide: text {@code "7"} and number {@code 7} are different ids.
 */
public sealed interface RecordId {
  /** A text of 1 to {@link Limits#MAX_ID_BYTES} UTF-8 bytes. */
  record Text(String value) implements RecordId {
    public Text {
      TextForm.check(value);
    }

    /** The text; with the prefix {@code text:} where it would read as another kind of id. */
    @Override
    public String toString() {
      return TextForm.ambiguous(value) ? TextForm.PREFIX + value : value;
    }
  }

  /** A UUID of any version. */
  record Uuid(UUID value) implements RecordId {
    @Override
    public String toString() {
      return value.toString();
    }
  }

  /** An unsigned 64-bit number, held in the bits of a long. */
  record Unsigned(long value) implements RecordId {
    @Override
    public String toString() {
      return Long.toUnsignedString(value);
    }
  }

  /** A text id, taken as it is. */
  static RecordId of(String value) {
    return new Text(value);
  }

  /** A UUID id. */
  static RecordId of(UUID value) {
    return new Uuid(value);
  }

  /** A number id; {@code value} is read as unsigned. */
  static RecordId of(long value) {
    return new Unsigned(value);
  }

  /**
   * Reads what {@code toString} writes: digits are a number, the canonical form of a UUID is a
   * UUID, everything else is text; the prefix {@code text:} forces text.
   */
  static RecordId parse(String written) {
    if (written.startsWith(TextForm.PREFIX)) {
      return new Text(written.substring(TextForm.PREFIX.length()));
    }
    if (TextForm.isUuid(written)) {
      return new Uuid(UUID.fromString(written));
    }
    if (TextForm.isNumber(written)) {
      return new Unsigned(Long.parseUnsignedLong(written));
    }
    return new Text(written);
  }

  /** How ids are written as text. */
  final class TextForm {
    static final String PREFIX = "text:";
    private static final Pattern UUID_FORM =
        Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final Pattern DIGITS = Pattern.compile("0|[1-9][0-9]{0,19}");

    private TextForm() {}

    static void check(String value) {
      long bytes = Limits.utf8Bytes("record id", value);
      if (bytes == 0 || bytes > Limits.MAX_ID_BYTES) {
        throw new InvalidInputException(
            "invalid record id: bytes=" + bytes + ", allowed=1.." + Limits.MAX_ID_BYTES);
      }
    }

    static boolean ambiguous(String value) {
      return value.startsWith(PREFIX) || isUuid(value) || isNumber(value);
    }

    static boolean isUuid(String value) {
      return UUID_FORM.matcher(value).matches();
    }

    static boolean isNumber(String value) {
      if (!DIGITS.matcher(value).matches()) {
        return false;
      }
      return value.length() < 20 || value.compareTo("18446744073709551615") <= 0;
    }
  }
}
