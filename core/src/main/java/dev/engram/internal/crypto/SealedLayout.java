package dev.engram.internal.crypto;

import java.nio.ByteBuffer;

/**
 * A sealed value.
 *
 * <pre>
 *   +---------+--------+------+---------+----------------------+-----+
 *   | version | key id | salt | counter | AES-256-GCM of value | tag |
 *   |    1    |   4    |  12  |    8    |  as long as it was   | 16  |
 *   +---------+--------+------+---------+----------------------+-----+
 * </pre>
 *
 * The version is {@code E1}, with which no plain value begins. The key is derived from the data key
 * of that id and the salt; the nonce is four zero bytes and the counter. What is checked besides:
 * id of the keys (16), code of the family (1), everything before the ciphertext, key of the row.
 */
final class SealedLayout {
  static final int SALT_BYTES = 12;
  static final int TAG_BYTES = 16;
  static final int HEADER_BYTES = 1 + Integer.BYTES + SALT_BYTES + Long.BYTES;
  static final int OVERHEAD_BYTES = HEADER_BYTES + TAG_BYTES;

  private static final byte VERSION = (byte) 0xE1;
  private static final int KEY_ID = 1;
  private static final int SALT = KEY_ID + Integer.BYTES;
  private static final int COUNTER = SALT + SALT_BYTES;

  private SealedLayout() {}

  /** Whether a stored value begins as a sealed one. */
  static boolean isSealed(byte[] stored) {
    return stored.length > 0 && stored[0] == VERSION;
  }

  /** A value that is to be sealed, with its header in place. */
  static byte[] begin(Salt salt, long counter, int bytes) {
    byte[] sealed = new byte[OVERHEAD_BYTES + bytes];
    ByteBuffer out = ByteBuffer.wrap(sealed).put(VERSION).putInt(salt.keyId());
    ByteBuffer _ = out.putLong(salt.high()).putInt(salt.low()).putLong(counter);
    return sealed;
  }

  static Salt salt(byte[] sealed) {
    ByteBuffer in = ByteBuffer.wrap(sealed);
    return new Salt(in.getInt(KEY_ID), in.getLong(SALT), in.getInt(SALT + Long.BYTES));
  }

  /** The nonce of a sealed value: the counter, after four zero bytes. */
  static byte[] nonce(byte[] sealed) {
    byte[] nonce = new byte[Integer.BYTES + Long.BYTES];
    System.arraycopy(sealed, COUNTER, nonce, Integer.BYTES, Long.BYTES);
    return nonce;
  }

  /** What a derived key is found by: the id of its data key, and the salt. */
  record Salt(int keyId, long high, int low) {
    byte[] bytes() {
      return ByteBuffer.allocate(SALT_BYTES).putLong(high).putInt(low).array();
    }
  }
}
