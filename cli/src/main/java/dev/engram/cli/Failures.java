package dev.engram.cli;

import dev.engram.EngramException;
import dev.engram.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Turns what a command throws into one line on stderr and an exit code. Stack traces are shown only
 * where {@code ENGRAM_DEBUG=1}. Stateless but for the console.
 */
final class Failures {
  private final Console console;

  Failures(Console console) {
    this.console = console;
  }

  /** For what a command throws while it runs. */
  int report(Exception failure, CommandLine command) {
    if (debug()) {
      failure.printStackTrace(console.err());
    }
    Exception cause = cause(failure);
    ErrorCode code = code(cause);
    Cli root = (Cli) command.getCommandSpec().root().userObject();
    line(root.json(), message(cause), code.text());
    return ExitCode.of(code);
  }

  /** For arguments that cannot be understood. */
  int usage(ParameterException failure) {
    CommandSpec command = failure.getCommandLine().getCommandSpec();
    Cli root = (Cli) command.root().userObject();
    line(root.json(), oneLine(String.valueOf(failure.getMessage())), "usage");
    if (!root.json()) {
      console.err().println(hint(failure, command.qualifiedName()));
    }
    return ExitCode.USAGE;
  }

  /** What may have been meant, and where the help is. */
  private static String hint(ParameterException failure, String command) {
    List<String> meant =
        failure instanceof UnmatchedArgumentException unmatched
            ? unmatched.getSuggestions()
            : List.of();
    String suggestion =
        meant.isEmpty()
            ? ""
            : "Did you mean "
                + String.join(" or ", meant.subList(0, Math.min(3, meant.size())))
                + "? ";
    return suggestion + "Try '" + command + " --help'.";
  }

  private void line(boolean json, String message, String code) {
    if (json) {
      Json.print(console.err(), Json.object("error", code, "message", message));
    } else {
      console.err().println("error: " + message + " (" + code + ")");
    }
  }

  private static Exception cause(Exception failure) {
    return failure instanceof UncheckedIOException && failure.getCause() instanceof IOException io
        ? io
        : failure;
  }

  private static ErrorCode code(Exception failure) {
    return switch (failure) {
      case EngramException engram -> engram.code();
      case NoSuchFileException _ -> ErrorCode.NOT_FOUND;
      case IOException _ -> ErrorCode.STORAGE;
      default -> ErrorCode.INVALID_INPUT;
    };
  }

  private static String message(Exception failure) {
    String message =
        switch (failure) {
          case EngramException engram -> String.valueOf(engram.getMessage());
          case CommandFailure own -> String.valueOf(own.getMessage());
          case NoSuchFileException missing -> "no such file: " + missing.getFile();
          case AccessDeniedException denied -> "access denied: " + denied.getFile();
          case FileSystemException file -> "cannot use file: " + file.getMessage();
          case IOException io -> "cannot read or write: " + io.getMessage();
          default -> "internal error: " + failure + "; set ENGRAM_DEBUG=1 to see where";
        };
    return oneLine(message);
  }

  private boolean debug() {
    Map<String, String> environment = console.environment();
    return "1".equals(environment.get("ENGRAM_DEBUG"));
  }

  private static String oneLine(String message) {
    return message.replaceAll("\\s*\\R\\s*", " ");
  }
}
