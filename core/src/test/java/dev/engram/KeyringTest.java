package dev.engram;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyringTest {
  @TempDir Path directory;

  private static String encoded(int of) {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) of);
    return Base64.getEncoder().encodeToString(key);
  }

  @Test
  void makesAFileThatOnlyItsOwnerMayReadAndAddsKeys() throws IOException {
    Path file = directory.resolve("keyring");
    String first = Keyring.create(file);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    Keyring keyring = Keyring.at(file);
    assertEquals(first, keyring.current());
    assertThrows(ExistsException.class, () -> Keyring.create(file));
    String second = Keyring.add(file);
    assertNotEquals(first, second);
    assertEquals(second, keyring.current());
    assertEquals(32, keyring.key(first).length);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(2, Files.readAllLines(file).stream().filter(l -> !l.startsWith("#")).count());
    try (Stream<Path> left = Files.list(directory)) {
      assertEquals(List.of(file), left.toList());
    }
  }

  @Test
  void readsKeysHoweverTheyAreSeparated() {
    Keyring lines = Keyring.of("# old, " + encoded(9) + "\r\n" + encoded(1) + "\n\n" + encoded(2));
    Keyring commas = Keyring.of(" " + encoded(1) + " , " + encoded(2) + "\n");
    assertEquals(lines.current(), commas.current());
    assertEquals(2, lines.key(lines.current())[0]);
    String first = Keyring.of(encoded(1)).current();
    assertArrayEquals(lines.key(first), commas.key(first));
    String comment = Keyring.of(encoded(9)).current();
    assertThrows(EncryptionException.class, () -> lines.key(comment));
    lines.key(first)[0] = 7;
    assertEquals(1, lines.key(first)[0], "another array each time");
  }

  @Test
  void refusesAFileThatOthersMayRead() throws IOException {
    Path file = directory.resolve("keyring");
    String id = Keyring.create(file);
    for (String modes : List.of("rw-r-----", "rw----r--", "rw--w----", "rw------x")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(modes));
      assertThrows(EncryptionException.class, Keyring.at(file)::current, modes);
      assertThrows(EncryptionException.class, () -> Keyring.add(file), modes);
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
    assertEquals(id, Keyring.at(file).current());
  }

  @Test
  void saysNothingOfAKeyThatItRefuses() {
    String secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQ=";
    for (String text : List.of("", "# none", secret, encoded(1) + secret, secret + "%%", "ä")) {
      EncryptionException e =
          assertThrows(EncryptionException.class, Keyring.of(text)::current, text);
      assertFalse(String.valueOf(e.getMessage()).contains(secret.substring(0, 8)), e.getMessage());
      assertEquals(null, e.getCause());
    }
    assertFalse(Keyring.of(encoded(1)).toString().contains(encoded(1)));
    assertThrows(NotFoundException.class, Keyring.at(directory.resolve("none"))::current);
  }
}
