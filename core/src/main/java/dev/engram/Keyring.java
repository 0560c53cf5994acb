package dev.engram;

import dev.engram.internal.format.Digest;
import dev.engram.internal.log.Directories;
import dev.engram.spi.KeySource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Master keys in a file that only its owner may read, or in an environment variable: 32 bytes each
 * in Base64, one a line or separated by commas, the newest last; a line that begins with {@code #}
 * is a comment. The newest key is the current one. A key's id is 16 hexadecimal digits of its
 * digest. The file is read each time that a key is asked for, and no key is kept. Thread-safe.
 */
public final class Keyring implements KeySource {
  /** The environment variable of {@link #ofEnvironment}. */
  public static final String VARIABLE = "ENGRAM_KEY";

  private static final int KEY_BYTES = 32;
  private static final int ID_BYTES = 8;
  private static final int MAX_BYTES = 1 << 16;
  private static final byte[] ID_OF = "engram master key ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] HEADER =
      """
      # Master keys of Engram, the newest last. Without them nobody can open what they encrypt:
      # keep a copy in a safe place, and none beside a store or its backups.
      """
          .getBytes(StandardCharsets.US_ASCII);

  private final String place;
  private final Supplier<byte[]> text;

  private Keyring(String place, Supplier<byte[]> text) {
    this.place = place;
    this.text = text;
  }

  /**
   * The keys in a file. It is read when a key is asked for: where others than its owner may read
   * it, that is an {@link EncryptionException}, and a {@link NotFoundException} where it is
   * missing.
   */
  public static Keyring at(Path file) {
    return new Keyring("file=" + file, () -> read(file));
  }

  /** The keys in a text of the same form. */
  public static Keyring of(String keys) {
    return new Keyring("text", () -> keys.getBytes(StandardCharsets.US_ASCII));
  }

  /** The keys in {@link #VARIABLE}; empty where it is not set. */
  public static Optional<Keyring> ofEnvironment() {
    return Optional.ofNullable(System.getenv(VARIABLE))
        .map(keys -> new Keyring("$" + VARIABLE, () -> keys.getBytes(StandardCharsets.US_ASCII)));
  }

  /**
   * Makes a file with one new key, readable by its owner only.
   *
   * @return the id of the key
   * @throws ExistsException where the file is there
   */
  public static String create(Path file) {
    try {
      Path _ = Files.createFile(file);
    } catch (FileAlreadyExistsException e) {
      throw new ExistsException("there is a file already: file=" + file + "; add a key to it", e);
    } catch (IOException e) {
      throw unwritable(file, e);
    }
    return write(file, HEADER);
  }

  /**
   * Adds a new key to a file, which is the current one from now on.
   *
   * @return the id of the key
   */
  public static String add(Path file) {
    byte[] before = read(file);
    try {
      parse(before, "file=" + file).forEach(Keyring::clear);
      return write(file, before);
    } finally {
      clear(before);
    }
  }

  private static String write(Path file, byte[] before) {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    byte[] line = Base64.getEncoder().encode(key);
    boolean ended = before.length > 0 && before[before.length - 1] == '\n';
    byte[] whole = Arrays.copyOf(before, before.length + (ended ? 0 : 1) + line.length + 1);
    if (!ended) {
      whole[before.length] = '\n';
    }
    System.arraycopy(line, 0, whole, whole.length - 1 - line.length, line.length);
    whole[whole.length - 1] = '\n';
    try {
      Directories.publish(file, whole, () -> {});
      return idOf(key);
    } catch (IOException e) {
      throw unwritable(file, e);
    } finally {
      List.of(key, line, whole).forEach(Keyring::clear);
    }
  }

  @Override
  public String current() {
    List<byte[]> keys = keys();
    try {
      return idOf(keys.getLast());
    } finally {
      keys.forEach(Keyring::clear);
    }
  }

  @Override
  public byte[] key(String id) {
    List<byte[]> keys = keys();
    try {
      for (byte[] key : keys) {
        if (idOf(key).equals(id)) {
          return key.clone();
        }
      }
    } finally {
      keys.forEach(Keyring::clear);
    }
    throw new EncryptionException(
        "the master key is not there: id=" + id + ", " + place + "; give the keyring that has it");
  }

  private List<byte[]> keys() {
    byte[] all = text.get();
    try {
      return parse(all, place);
    } finally {
      clear(all);
    }
  }

  private static byte[] read(Path file) {
    try {
      requireOwnersOnly(file);
      if (Files.size(file) > MAX_BYTES) {
        throw new EncryptionException(
            "the keyring is too large: file=" + file + ", most=" + MAX_BYTES);
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new NotFoundException(
          "there is no keyring here: file=" + file + "; make one with 'engram keys new'", e);
    } catch (IOException e) {
      throw new StorageException("cannot read the keyring: file=" + file + ", why=" + e, e);
    }
  }

  private static void requireOwnersOnly(Path file) throws IOException {
    Set<PosixFilePermission> modes;
    try {
      modes = Files.getPosixFilePermissions(file);
    } catch (UnsupportedOperationException e) {
      return;
    }
    boolean others = modes.stream().anyMatch(mode -> !mode.name().startsWith("OWNER_"));
    if (others) {
      throw new EncryptionException(
          "the keyring can be used by others than its owner: file="
              + file
              + "; take their rights away (chmod 600) and change the keys if anybody had them");
    }
  }

  /** The keys of a keyring; at least one. */
  private static List<byte[]> parse(byte[] text, String place) {
    List<byte[]> keys = new ArrayList<>();
    int begin = 0;
    for (int i = 0; i <= text.length; i++) {
      boolean comment = begin < text.length && text[begin] == '#';
      boolean lineEnds = i == text.length || text[i] == '\n' || text[i] == '\r';
      if (!lineEnds && (comment || text[i] != ',')) {
        continue;
      }
      if (!comment) {
        addKey(keys, Arrays.copyOfRange(text, begin, i), place);
      }
      begin = i + 1;
    }
    if (keys.isEmpty()) {
      throw new EncryptionException(
          "the keyring holds no key: " + place + "; make one with 'engram keys new'");
    }
    return keys;
  }

  private static void addKey(List<byte[]> keys, byte[] part, String place) {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (byte b : part) {
      if (b != ' ' && b != '\t') {
        line.write(b);
      }
    }
    byte[] encoded = line.toByteArray();
    try {
      if (encoded.length > 0) {
        keys.add(decoded(encoded));
      }
    } catch (IllegalArgumentException e) {
      keys.forEach(Keyring::clear);
      // Without a cause: its message repeats characters of the key.
      throw new EncryptionException(
          "the keyring holds something that is no key: "
              + place
              + ", after="
              + keys.size()
              + " keys; give 32 bytes in Base64");
    } finally {
      clear(part);
      clear(encoded);
    }
  }

  private static byte[] decoded(byte[] encoded) {
    byte[] key = Base64.getDecoder().decode(encoded);
    if (key.length != KEY_BYTES) {
      clear(key);
      throw new IllegalArgumentException("length");
    }
    return key;
  }

  /** Says nothing of the key: 64 bits of a digest of 256 random ones. */
  private static String idOf(byte[] key) {
    MessageDigest digest = Digest.newSha256();
    digest.update(ID_OF);
    return HexFormat.of().formatHex(digest.digest(key), 0, ID_BYTES);
  }

  private static void clear(byte[] secret) {
    Arrays.fill(secret, (byte) 0);
  }

  private static StorageException unwritable(Path file, IOException e) {
    return new StorageException("cannot write the keyring: file=" + file + ", why=" + e, e);
  }

  /** Where the keys are, and none of them. */
  @Override
  public String toString() {
    return "Keyring[" + place + "]";
  }
}
