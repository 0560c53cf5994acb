package dev.engram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.internal.format.ByteWriter;
import dev.engram.internal.format.MetadataLayout;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MetadataTest {
  @Test
  void keepsEveryKindOfValueInOrder() {
    Instant now = Instant.parse("2024-05-01T01:02:03.123456789Z");
    Metadata metadata =
        Metadata.of("s", "text", "i", 7, "d", 1.5f, "b", true, "t", now)
            .with("l", List.of("a", 1, List.of(false)))
            .with("m", Map.of("x", Metadata.of("y", 2)));
    assertEquals(
        List.of("s", "i", "d", "b", "t", "l", "m"), List.copyOf(metadata.asMap().keySet()));
    assertEquals(Optional.of("text"), metadata.getString("s"));
    assertEquals(Optional.of(7L), metadata.getLong("i"));
    assertEquals(Optional.of(1.5), metadata.getDouble("d"));
    assertEquals(Optional.of(true), metadata.getBoolean("b"));
    assertEquals(Optional.of(now), metadata.getInstant("t"));
    assertEquals(Optional.of(List.of("a", 1L, List.of(false))), metadata.getList("l"));
    assertEquals(Optional.of(2L), metadata.getLong("m.x.y"));
    assertEquals(Optional.of(Metadata.of("y", 2)), metadata.getMetadata("m.x"));
    assertEquals(Optional.empty(), metadata.getLong("s"));
    assertEquals(Optional.empty(), metadata.get("m.nothing"));
  }

  @Test
  void widensNumbersAndRefusesInexactBigOnes() {
    assertEquals(9L, Metadata.of("n", (byte) 9).asMap().get("n"));
    assertEquals(9L, Metadata.of("n", (short) 9).asMap().get("n"));
    assertEquals(Long.MAX_VALUE, big(new BigInteger("9223372036854775807")));
    assertEquals(0x1p70, big(BigInteger.TWO.pow(70)));
    assertEquals(2.5, big(new BigDecimal("2.50")));
    assertEquals(1000L, big(new BigDecimal("1E3")));
    refused(new BigDecimal("0.1"), "path=n");
    refused(BigInteger.TWO.pow(70).add(BigInteger.ONE), "path=n");
    refused(new BigDecimal("1E+1000000000"), "path=n");
    refused(new BigDecimal("1E-1000000000"), "path=n");
  }

  private static Object big(Number number) {
    return Metadata.of("n", number).asMap().get("n");
  }

  @Test
  void refusesWhatIsNoValueAndNamesThePathButNeverTheValue() {
    refused(Double.NaN, "finite");
    refused(Float.POSITIVE_INFINITY, "finite");
    refused("secret\uD800", "unpaired surrogate");
    refused("secret\uDC00\uD800", "unpaired surrogate");
    refused(new String[] {"secret"}, "String[]");
    refused(Map.of("deep", List.of("ok", 'c')), "path=n.deep[1]");
    refused(Map.of(" ", 1), "non-blank");
    refused(Map.of(1, 1), "non-blank");
    refused(Map.of("\uD800", 1), "unpaired surrogate");
    refused(Arrays.asList(1, null), "path=n[1]");
    Map<String, Object> withNull = new HashMap<>();
    withNull.put("gone", null);
    assertTrue(refusal(() -> Metadata.ofMap(withNull)).contains("path=gone"));
    assertTrue(refusal(() -> Metadata.of("", 1)).contains("non-blank"));
    assertTrue(refusal(() -> Metadata.of("a", 1, "a", 2)).contains("path=a"));
  }

  private static void refused(Object value, String part) {
    String message = refusal(() -> Metadata.of("n", value));
    assertTrue(message.contains(part), message);
    assertFalse(message.contains("secret"), message);
  }

  private static String refusal(org.junit.jupiter.api.function.Executable act) {
    return assertThrows(InvalidInputException.class, act).getMessage();
  }

  @Test
  void allowsNestingUpToTheLimitAndNotOneMore() {
    Object value = "leaf";
    for (int i = 0; i < Limits.MAX_DEPTH; i++) {
      value = i % 2 == 0 ? List.of(value) : Map.of("k", value);
    }
    Object deepest = value;
    Metadata.of("n", deepest);
    refused(List.of(deepest), "limit=" + Limits.MAX_DEPTH);
    List<Object> cycle = new ArrayList<>();
    cycle.add(cycle);
    refused(cycle, "limit=" + Limits.MAX_DEPTH);
  }

  @Test
  void refusesMoreBytesThanTheLimitWithoutCopyingThemAll() {
    Metadata largest = Metadata.of("n", "x".repeat(Limits.MAX_METADATA_BYTES - 7));
    assertEquals(Limits.MAX_METADATA_BYTES, largest.encodedBytes());
    refused("x".repeat(Limits.MAX_METADATA_BYTES - 6), "limit=" + Limits.MAX_METADATA_BYTES);
    List<Object> doubling = List.of("leaf");
    for (int i = 0; i < Limits.MAX_DEPTH - 1; i++) {
      doubling = List.of(doubling, doubling);
    }
    refused(doubling, "limit=" + Limits.MAX_METADATA_BYTES);
  }

  @Test
  void countsTheBytesThatItsLayoutWrites() {
    Metadata metadata =
        Metadata.of("é", "日本😀", "n", Long.MIN_VALUE, "d", -0.0, "t", Instant.MIN, "b", false)
            .with("l", List.of(1, List.of(), Map.of("k", Instant.MAX)))
            .with("z", Instant.EPOCH);
    ByteWriter out = new ByteWriter();
    MetadataLayout.encode(out, metadata);
    assertEquals(out.size(), metadata.encodedBytes());
    assertEquals(1, Metadata.empty().encodedBytes());
  }

  @Test
  void copiesDeeplyAndIsUnmodifiable() {
    List<Object> list = new ArrayList<>(List.of(1));
    Map<String, Object> map = new LinkedHashMap<>(Map.of("list", list));
    Metadata metadata = Metadata.of("m", map);
    list.add(2);
    map.put("more", 3);
    assertEquals(Metadata.of("m", Map.of("list", List.of(1))), metadata);
    Map<String, Object> top = metadata.asMap();
    assertThrows(UnsupportedOperationException.class, () -> top.put("x", 1));
    List<Object> inner = metadata.getList("m.list").orElseThrow();
    assertThrows(UnsupportedOperationException.class, () -> inner.add(1));
  }

  @Test
  void findsLiteralKeysWithDotsBeforeNestedOnes() {
    Metadata metadata = Metadata.ofMap(Map.of("a.b", 1, "a", Map.of("b", 2, "c.d", 3)));
    assertEquals(Optional.of(1L), metadata.getLong("a.b"));
    assertEquals(Optional.of(3L), metadata.getLong("a.c.d"));
    assertEquals(Optional.empty(), metadata.get("a."));
    assertEquals(Optional.empty(), metadata.get("."));
  }

  @Test
  void addsRemovesAndMergesWithoutChangingTheOriginal() {
    Metadata base = Metadata.of("a", 1, "m", Map.of("x", 1, "y", Map.of("z", 1)));
    Metadata other = Metadata.of("m", Map.of("y", Map.of("w", 2), "x", "new"), "b", 3);
    Metadata merged = base.merge(other);
    assertEquals(
        Metadata.of("a", 1, "b", 3, "m", Map.of("x", "new", "y", Map.of("z", 1, "w", 2))), merged);
    assertEquals(Optional.of(1L), base.getLong("m.x"));
    assertEquals(Metadata.of("a", 1), base.without("m"));
    assertSame(base, base.without("none"));
    assertSame(Metadata.empty(), Metadata.of("a", 1).without("a"));
    assertTrue(Metadata.ofMap(Map.of()).isEmpty());
  }

  @Test
  void showsKeysOnlyAndComparesByValue() {
    Metadata metadata = Metadata.of("user", "alice", "year", 2020);
    assertEquals("Metadata[user, year]", metadata.toString());
    assertEquals(Metadata.of("year", 2020L, "user", "alice"), metadata);
    assertEquals(Metadata.of("year", 2020L, "user", "alice").hashCode(), metadata.hashCode());
    assertNotEquals(Metadata.of("year", 2020.0, "user", "alice"), metadata);
  }
}
