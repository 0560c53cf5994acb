package dev.engram.architecture;

import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** What the parse trees of some sources say: lengths of methods, and places that read a clock. */
final class SourceFacts extends TreeScanner<Void, CompilationUnitTree> {
  private static final Set<String> CLOCKS =
      Set.of(
          "Instant.now",
          "LocalDate.now",
          "LocalDateTime.now",
          "OffsetDateTime.now",
          "ZonedDateTime.now",
          "System.currentTimeMillis");

  private final SourcePositions positions;
  private final List<Method> methods = new ArrayList<>();
  private final List<String> clockReads = new ArrayList<>();

  private SourceFacts(SourcePositions positions) {
    this.positions = positions;
  }

  /** One method, constructor or initialiser, from its first modifier to its last brace. */
  record Method(String place, long lines) {}

  static SourceFacts of(List<Path> sources) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, null, null, null, files.getJavaFileObjectsFromPaths(sources));
      SourceFacts facts = new SourceFacts(Trees.instance(task).getSourcePositions());
      for (CompilationUnitTree unit : task.parse()) {
        facts.scan(unit, unit);
      }
      return facts;
    }
  }

  List<Method> methods() {
    return methods;
  }

  List<String> clockReads() {
    return clockReads;
  }

  @Override
  public Void visitClass(ClassTree type, CompilationUnitTree unit) {
    for (Tree member : type.getMembers()) {
      if (member instanceof BlockTree) {
        methods.add(measure(member, "{}", unit));
      }
    }
    return super.visitClass(type, unit);
  }

  @Override
  public Void visitMethod(MethodTree method, CompilationUnitTree unit) {
    methods.add(measure(method, method.getName().toString(), unit));
    return super.visitMethod(method, unit);
  }

  @Override
  public Void visitMethodInvocation(MethodInvocationTree call, CompilationUnitTree unit) {
    if (call.getArguments().isEmpty()) {
      noteClock(call, call.getMethodSelect().toString(), unit);
    }
    return super.visitMethodInvocation(call, unit);
  }

  @Override
  public Void visitMemberReference(MemberReferenceTree reference, CompilationUnitTree unit) {
    noteClock(reference, reference.toString().replace("::", "."), unit);
    return super.visitMemberReference(reference, unit);
  }

  @Override
  public Void visitNewClass(NewClassTree creation, CompilationUnitTree unit) {
    if (creation.getArguments().isEmpty() && creation.getIdentifier().toString().equals("Date")) {
      clockReads.add(place(creation, "new Date", unit));
    }
    return super.visitNewClass(creation, unit);
  }

  private void noteClock(Tree tree, String called, CompilationUnitTree unit) {
    String simple = called.replaceFirst("^java\\.(time|lang)\\.", "");
    if (CLOCKS.contains(simple)) {
      clockReads.add(place(tree, simple, unit));
    }
  }

  private Method measure(Tree tree, String name, CompilationUnitTree unit) {
    long last = unit.getLineMap().getLineNumber(positions.getEndPosition(unit, tree));
    return new Method(place(tree, name, unit), last - line(tree, unit) + 1);
  }

  private String place(Tree tree, String name, CompilationUnitTree unit) {
    return unit.getSourceFile().getName() + ":" + line(tree, unit) + " " + name;
  }

  private long line(Tree tree, CompilationUnitTree unit) {
    return unit.getLineMap().getLineNumber(positions.getStartPosition(unit, tree));
  }
}
