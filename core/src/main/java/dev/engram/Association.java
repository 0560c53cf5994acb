package dev.engram;

/**
 * Two memories that are to be associated.
 *
 * @param relation what it means, such as {@link Synapse#RELATED}
 * @param strength that the synapse has where it is new, .01 to 1
 */
public record Association(RecordId from, RecordId to, String relation, double strength) {
  /** Of the relation {@link Synapse#RELATED} and the usual strength. */
  public static Association of(RecordId from, RecordId to) {
    return of(from, to, Synapse.RELATED);
  }

  /** Of the usual strength. */
  public static Association of(RecordId from, RecordId to, String relation) {
    return new Association(from, to, relation, Synapse.INITIAL_STRENGTH);
  }

  public Association {
    if (!(strength >= Synapse.LEAST_STRENGTH && strength <= 1)) {
      throw new InvalidInputException(
          "invalid association: strength="
              + strength
              + ", allowed="
              + Synapse.LEAST_STRENGTH
              + "..1");
    }
  }

  public Association withStrength(double newStrength) {
    return new Association(from, to, relation, newStrength);
  }
}
