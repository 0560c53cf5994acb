package dev.engram.spi;

import dev.engram.InvalidInputException;
import dev.engram.NotFoundException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.TreeSet;

/**
 * Makes object stores of addresses, so that the command line and configuration can name one. Found
 * by {@link ServiceLoader}. Implementations are stateless, and cheap to construct.
 */
public interface ObjectStoreProvider {

  /** The scheme of its addresses, in lower case, for example {@code s3}. */
  String scheme();

  /**
   * The object store at an address. Opens no connection yet. Keys and passwords never stand in an
   * address: it is printed, and kept in histories.
   *
   * @throws InvalidInputException where the address is not understood; its message tells neither
   *     user nor query
   */
  ObjectStore open(URI address);

  /**
   * The object store that a user names: a directory, by its path or as {@code file:///path}, or the
   * address of another provider's. Close it.
   *
   * @throws NotFoundException where no provider knows the scheme
   * @throws InvalidInputException where it is neither a path nor an address
   */
  static ObjectStore load(String location) {
    URI address = address(location);
    String scheme = address.getScheme().toLowerCase(Locale.ROOT);
    TreeSet<String> known = new TreeSet<>();
    for (ObjectStoreProvider provider : ServiceLoader.load(ObjectStoreProvider.class)) {
      if (provider.scheme().equals(scheme)) {
        return provider.open(address);
      }
      known.add(provider.scheme());
    }
    throw new NotFoundException(
        "object store not found: scheme="
            + scheme
            + ", known="
            + known
            + "; use a known scheme or add the module that provides it");
  }

  /**
   * What a user names, as an address: a path becomes a {@code file:} address.
   *
   * @throws InvalidInputException where it is neither a path nor an address
   */
  static URI address(String location) {
    // A scheme of one letter is a drive.
    boolean path = !location.matches("(?s)[A-Za-z][A-Za-z0-9+.-]+:.*");
    if (!path && location.charAt(location.indexOf(':') + 1) != '/') {
      throw new InvalidInputException(
          "not an address: its slashes are missing; write scheme://place, or ./path for a path");
    }
    try {
      return path ? Path.of(location).toUri() : new URI(location);
    } catch (InvalidPathException e) {
      throw new InvalidInputException("not a path: at=" + e.getIndex() + ", why=" + e.getReason());
    } catch (URISyntaxException e) {
      // Without its message, which repeats the address.
      throw new InvalidInputException(
          "not an address: at=" + e.getIndex() + ", why=" + e.getReason() + "; correct it");
    }
  }
}
