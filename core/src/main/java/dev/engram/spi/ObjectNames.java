package dev.engram.spi;

import dev.engram.InvalidInputException;
import java.util.regex.Pattern;

/** Which names objects have, for whoever implements an {@link ObjectStore}. */
public final class ObjectNames {
  private static final String PART = "[a-z0-9_-](?:[a-z0-9._-]*[a-z0-9_-])?";
  private static final Pattern NAME = Pattern.compile(PART + "(?:/" + PART + ")*");

  private ObjectNames() {}

  /** Whether an object may be called so. */
  public static boolean isName(String text) {
    return text.length() <= ObjectStore.MAX_NAME
        && NAME.matcher(text).matches()
        && !text.contains("..");
  }

  /**
   * A name that is one.
   *
   * @throws InvalidInputException where it is none
   */
  public static String require(String name) {
    if (!isName(name)) {
      throw new InvalidInputException(
          "invalid name of an object: name="
              + name.substring(0, Math.min(name.length(), ObjectStore.MAX_NAME))
              + ", allowed=[a-z0-9._/-], at most "
              + ObjectStore.MAX_NAME
              + " characters");
    }
    return name;
  }
}
