package dev.engram.objectstore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.engram.InvalidInputException;
import dev.engram.spi.ObjectStore;
import dev.engram.spi.ObjectStoreProvider;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What addresses say, and which are refused. */
class S3ProviderTest {
  private static S3ObjectStoreBuilder describe(String address, Map<String, String> environment) {
    return new S3Provider(environment).describe(URI.create(address));
  }

  private static S3ObjectStoreBuilder describe(String address) {
    return describe(address, Map.of());
  }

  @Test
  void anAddressNamesBucketPrefixAndOptions() {
    S3ObjectStoreBuilder plain = describe("s3://my.bucket-1");
    assertEquals("my.bucket-1", plain.bucket);
    assertEquals("", plain.prefix);
    assertNull(plain.endpoint);
    assertNull(plain.pathStyle);
    assertEquals("", describe("s3://bucket/").prefix);
    assertEquals("a/b-c", describe("S3://bucket/a/b-c/").prefix);
    S3ObjectStoreBuilder full =
        describe(
            "s3://bucket/a?endpoint=http%3A%2F%2Flocalhost:9000&region=eu-central-1"
                + "&path-style=false&checksums=false");
    assertEquals(URI.create("http://localhost:9000"), full.endpoint);
    assertEquals("eu-central-1", full.region);
    assertEquals(false, full.pathStyle);
    assertFalse(full.checksums);
    assertEquals(
        URI.create("https://s3.example.com"),
        describe("s3://bucket?endpoint=https://s3.example.com").endpoint);
  }

  @Test
  void theEnvironmentNamesTheEndpointWhereTheAddressDoesNot() {
    Map<String, String> both =
        Map.of("AWS_ENDPOINT_URL", "http://one:1", "AWS_ENDPOINT_URL_S3", "http://two:2");
    assertEquals(URI.create("http://two:2"), describe("s3://bucket", both).endpoint);
    assertEquals(
        URI.create("http://three:3"),
        describe("s3://bucket?endpoint=http://three:3", both).endpoint);
    assertEquals(
        URI.create("http://one:1"),
        describe("s3://bucket", Map.of("AWS_ENDPOINT_URL", "http://one:1")).endpoint);
    assertNull(describe("s3://bucket", Map.of("AWS_ENDPOINT_URL", " ")).endpoint);
  }

  @Test
  void anAddressWithASecretOrNonsenseIsRefusedAndNotRepeated() {
    for (String bad :
        List.of(
            "s3://key:secret@bucket/a",
            "s3://secret@bucket",
            "s3://bucket:9000/a",
            "s3:///a",
            "s3:/a",
            "s3://b",
            "s3://bucket/a//b",
            "s3://bucket/a/../b",
            "s3://bucket/.",
            "s3://bucket/a%00b",
            "s3://bucket/" + "a".repeat(S3ObjectStoreBuilder.MAX_PREFIX + 1),
            "s3://bucket/a#secret",
            "s3://bucket/a?secretKey=secret",
            "s3://bucket/a?region",
            "s3://bucket/a?region=a/b",
            "s3://bucket/a?path-style=perhaps",
            "s3://bucket/a?endpoint=ftp://host",
            "s3://bucket/a?endpoint=http://me:secret@host",
            "s3://bucket/a?endpoint=http://host/?secret",
            "s3://bucket/a?endpoint=http://ho%20st-secret")) {
      InvalidInputException refused =
          assertThrows(InvalidInputException.class, () -> describe(bad), bad);
      String message = String.valueOf(refused.getMessage());
      assertFalse(message.matches(".*\\bsecret\\b.*"), message);
    }
  }

  @Test
  void isFoundByItsScheme() {
    try (S3Server.Settings _ = S3Server.shared().settings();
        ObjectStore store = ObjectStoreProvider.load("s3://a-bucket/a?region=eu-central-1")) {
      assertInstanceOf(S3ObjectStore.class, store);
      assertEquals("S3ObjectStore[bucket=a-bucket, prefix=a/, endpoint=default]", store.toString());
    }
    assertEquals("s3", new S3Provider().scheme());
  }

  @Test
  void whatIsDescribedIsChecked() {
    S3ObjectStoreBuilder store = S3ObjectStore.in("bucket");
    int least = S3ObjectStoreBuilder.MIN_PART_BYTES;
    assertEquals(least, store.partBytes(least).partBytes);
    assertThrows(InvalidInputException.class, () -> store.partBytes(least - 1));
    assertThrows(
        InvalidInputException.class,
        () -> store.partBytes(S3ObjectStoreBuilder.MAX_PART_BYTES + 1));
    assertEquals(1, store.attempts(1).attempts);
    assertThrows(InvalidInputException.class, () -> store.attempts(0));
    assertThrows(
        InvalidInputException.class, () -> store.attempts(S3ObjectStoreBuilder.MAX_ATTEMPTS + 1));
    assertThrows(InvalidInputException.class, () -> store.timeout(Duration.ZERO));
    assertThrows(InvalidInputException.class, () -> store.timeout(Duration.ofDays(999)));
    assertThrows(InvalidInputException.class, () -> store.keys("a", " "));
    assertThrows(InvalidInputException.class, () -> S3ObjectStore.in("B?d"));
    assertEquals("Keys[hidden]", String.valueOf(store.keys("a", "b").keys));
    assertTrue(
        store.pathStyle(true).endpoint(URI.create("http://h")).build().toString().contains("h"));
  }
}
