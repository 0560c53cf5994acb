package dev.engram.cli;

import dev.engram.AutoRelation;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The synapses that a space makes by itself: {@code similar,session} or {@code none}. */
final class AutoRelations implements ITypeConverter<AutoRelations.Chosen> {
  private static final String NONE = "none";

  /** Those that were named. */
  record Chosen(Set<AutoRelation> relations) {}

  @Override
  public Chosen convert(String text) {
    Set<AutoRelation> chosen = EnumSet.noneOf(AutoRelation.class);
    if (!text.equals(NONE)) {
      for (String name : text.split(",", -1)) {
        chosen.add(relation(name));
      }
    }
    return new Chosen(chosen);
  }

  private static AutoRelation relation(String name) {
    return Arrays.stream(AutoRelation.values())
        .filter(each -> name(each).equals(name))
        .findFirst()
        .orElseThrow(() ->
            new TypeConversionException(
                "'"
                    + name
                    + "' is no such relation; use "
                    + of(EnumSet.allOf(AutoRelation.class))
                    + ", or none"));
  }

  /** As {@link #convert} reads them. */
  static String of(Set<AutoRelation> relations) {
    return relations.isEmpty()
        ? NONE
        : new TreeSet<>(relations)
            .stream().map(AutoRelations::name).collect(Collectors.joining(","));
  }

  private static String name(AutoRelation relation) {
    return relation.name().toLowerCase(Locale.ROOT);
  }
}
