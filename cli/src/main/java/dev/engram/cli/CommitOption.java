package dev.engram.cli;

import dev.engram.CommitId;
import dev.engram.InvalidInputException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a commit as it is printed, such as 1/17, from the command line. Stateless. */
final class CommitOption implements ITypeConverter<CommitId> {
  @Override
  public CommitId convert(String value) {
    try {
      return CommitId.parse(value);
    } catch (InvalidInputException e) {
      throw new TypeConversionException("'" + value + "' is no commit, such as 1/17");
    }
  }
}
