package dev.engram.formats;

import dev.engram.spi.Match;

/** The bytes that files begin with. Static functions only. */
final class Magic {
  private Magic() {}

  static Match match(byte[] beginning, int... magic) {
    if (beginning.length < magic.length) {
      return Match.NO;
    }
    for (int i = 0; i < magic.length; i++) {
      if ((beginning[i] & 0xFF) != magic[i]) {
        return Match.NO;
      }
    }
    return Match.YES;
  }
}
