package dev.engram.internal.log;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;

/**
 * A write-ahead log or a manifest of RocksDB ({@code db/log_format.h}): blocks of 32 KiB, with
 * frames that cross no block:
 *
 * <pre>
 *   checksum of what follows the length (4, CRC32C, masked) | length (2) | type (1)
 *   number of the file (4, of some types) | bytes
 * </pre>
 *
 * Little-endian. What is being written may end in the middle of a frame. Static functions only.
 */
final class AppendedFile {
  private static final int BLOCK_BYTES = 32 << 10;
  private static final int TYPE_AT = 6;
  private static final int HEADER_BYTES = 7;
  private static final int LONG_HEADER_BYTES = 11;

  private AppendedFile() {}

  static void verify(Path file, LongConsumer passed) throws IOException {
    long size = Files.size(file);
    try (InputStream in = Files.newInputStream(file)) {
      for (long at = 0; at < size; ) {
        byte[] block = in.readNBytes((int) Math.min(BLOCK_BYTES, size - at));
        int bad = firstDamage(block, at + block.length >= size);
        if (bad >= 0) {
          throw LogFiles.damaged(file, "a frame at byte " + (at + bad));
        }
        passed.accept(block.length);
        at += Math.max(1, block.length);
      }
    }
  }

  /** Where in a block the first damaged frame is; negative where none is. */
  private static int firstDamage(byte[] block, boolean last) {
    ByteBuffer fields = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
    int at = 0;
    while (block.length - at >= HEADER_BYTES) {
      int length = fields.getShort(at + Integer.BYTES) & 0xFFFF;
      int type = block[at + TYPE_AT] & 0xFF;
      if (type == 0 && length == 0) {
        // Space that was reserved: nothing of the block was written behind it.
        return restIsEmpty(block, at) ? -1 : at;
      }
      int end = at + headerBytes(type) + length;
      if (end > block.length) {
        return last && block.length < BLOCK_BYTES ? -1 : at;
      }
      if (fields.getInt(at) != sum(block, at + TYPE_AT, end)) {
        return at;
      }
      at = end;
    }
    return -1;
  }

  private static boolean restIsEmpty(byte[] block, int from) {
    for (int i = from; i < block.length; i++) {
      if (block[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** Those of files that are used again say which file they are of. */
  private static int headerBytes(int type) {
    boolean numbered = (type >= 5 && type <= 8) || type == 11 || type == 131;
    return numbered ? LONG_HEADER_BYTES : HEADER_BYTES;
  }

  private static int sum(byte[] bytes, int from, int to) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, to - from);
    return LogFiles.masked(crc.getValue());
  }
}
