package dev.engram;

import java.util.List;
import java.util.Optional;

/** The collections and memory spaces of a store, by name. Thread-safe. */
public interface Catalog {
  /**
   * Makes a collection.
   *
   * @throws ExistsException where the name is taken
   */
  VectorCollection create(String name, CollectionConfig config);

  /** Removes a collection or space with everything in it; false where it is not there. */
  boolean drop(String name);

  /**
   * Gives a collection or space another name; handles by the old name fail from then on.
   *
   * @throws NotFoundException where it is not there
   * @throws ExistsException where the new name is taken
   */
  void rename(String name, String newName);

  /** Lets a collection or space answer to one more name, or moves an alias to it. */
  void alias(String alias, String name);

  /** Removes an alias; false where it is not there. */
  boolean removeAlias(String alias);

  /**
   * Sets which share of the nearest vectors searches of a collection, or recalls of a space, find
   * on average, where they do not say otherwise.
   *
   * @param target above 0 and at most 1
   * @throws NotFoundException where it is not there
   */
  void recallTarget(String name, double target);

  /**
   * Sets how precisely the index of a collection or space ranks what it scans. The index is written
   * anew in the background, while it is in use; {@link IndexInfo#outdated} tells how much is left.
   *
   * @throws NotFoundException where it is not there
   * @throws InvalidInputException where its metric has no such quantization
   */
  void quantization(String name, Quantization quantization);

  /** All collections and spaces, sorted by name. */
  List<CollectionInfo> list();

  /** One collection or space, by name or alias. */
  Optional<CollectionInfo> describe(String name);
}
