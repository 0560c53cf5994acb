package dev.engram;

/**
 * Where a memory came from.
 *
 * @param source a file, a URI or the name of a conversation
 * @param position the place in it, such as a line or a turn; empty where there is none
 */
public record Provenance(String source, String position) {
  @Override
  public String toString() {
    return position.isEmpty() ? source : source + ":" + position;
  }
}
