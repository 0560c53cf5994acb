package dev.engram.internal.vector;

import java.util.Arrays;
import java.util.Random;

/** What a power loss leaves of a file that was written and not forced. */
enum Loss {
  /** What was forced before: nothing, for a new file. */
  OLD {
    @Override
    byte[] left(byte[] forced, byte[] written, Random random) {
      return forced;
    }
  },
  /** Everything, by chance. */
  NEW {
    @Override
    byte[] left(byte[] forced, byte[] written, Random random) {
      return written;
    }
  },
  ZEROS {
    @Override
    byte[] left(byte[] forced, byte[] written, Random random) {
      return new byte[written.length];
    }
  },
  TORN {
    @Override
    byte[] left(byte[] forced, byte[] written, Random random) {
      return Arrays.copyOf(written, random.nextInt(written.length + 1));
    }
  },
  TORN_WITH_ZEROS {
    @Override
    byte[] left(byte[] forced, byte[] written, Random random) {
      return Arrays.copyOf(TORN.left(forced, written, random), written.length);
    }
  },
  /** Of each page what was before or what was written. */
  PAGES {
    @Override
    byte[] left(byte[] forced, byte[] written, Random random) {
      byte[] left = Arrays.copyOf(forced, written.length);
      for (int page = 0; page < left.length; page += PAGE) {
        int length = Math.min(PAGE, left.length - page);
        System.arraycopy(random.nextBoolean() ? written : left, page, left, page, length);
      }
      return left;
    }
  };

  private static final int PAGE = 4_096;

  abstract byte[] left(byte[] forced, byte[] written, Random random);
}
