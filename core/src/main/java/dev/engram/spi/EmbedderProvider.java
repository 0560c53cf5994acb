package dev.engram.spi;

import dev.engram.NotFoundException;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeSet;

/**
 * Makes embedders by name, so that the command line and configuration can choose one. Found by
 * {@link ServiceLoader}. Implementations are stateless, and cheap to construct.
 */
public interface EmbedderProvider {

  /** The name to ask for, in lower case, for example {@code minilm}. */
  String name();

  /**
   * A new embedder. Does not load models or open connections yet.
   *
   * @param spec what follows the name and a colon in {@code name:spec}; empty if nothing does
   * @throws dev.engram.InvalidInputException if the provider does not understand the spec
   */
  Embedder create(String spec);

  /**
   * The embedder that {@code name} or {@code name:spec} describes.
   *
   * @throws NotFoundException if no provider of that name is on the class path
   * @throws dev.engram.InvalidInputException if the provider does not understand the spec
   */
  static Embedder load(String description) {
    int colon = description.indexOf(':');
    String name = colon < 0 ? description : description.substring(0, colon);
    String spec = colon < 0 ? "" : description.substring(colon + 1);
    List<EmbedderProvider> providers =
        ServiceLoader.load(EmbedderProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .toList();
    TreeSet<String> known = new TreeSet<>();
    for (EmbedderProvider provider : providers) {
      if (provider.name().equals(name)) {
        return provider.create(spec);
      }
      known.add(provider.name());
    }
    throw new NotFoundException(
        "embedder not found: name="
            + name
            + ", known="
            + known
            + "; use a known name or add the module that provides it");
  }
}
