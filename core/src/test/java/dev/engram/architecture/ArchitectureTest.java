package dev.engram.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The package rules of the design: who may know whom, stated once. */
class ArchitectureTest {
  private static final String INTERNAL = "dev.engram.internal.";

  private static final JavaClasses CORE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.engram");

  private static final DescribedPredicate<JavaClass> PUBLIC_API =
      resideInAPackage("dev.engram..")
          .and(not(resideInAPackage("dev.engram.internal..")))
          .and(
              DescribedPredicate.describe(
                  "public", type -> type.getModifiers().contains(JavaModifier.PUBLIC)));

  /** An internal package and the other internal packages that it may know, separated by blanks. */
  @ParameterizedTest
  @CsvSource({
    "format, ''",
    "crypto, format",
    "log, format crypto",
    "view, format crypto log",
    "backup, format crypto log parallel",
    "parallel, ''",
    "vector, format parallel",
    "text, format",
    "filter, format",
    "graph, format",
    "recall, format vector text filter graph",
    "transfer, format crypto parallel",
  })
  void aPackageKnowsOnlyThePackagesBelowIt(String area, String below) {
    List<String> allowed =
        Stream.concat(Stream.of(area), Stream.of(below.split(" ")).filter(name -> !name.isEmpty()))
            .map(name -> INTERNAL + name + "..")
            .toList();

    noClasses()
        .that()
        .resideInAPackage(INTERNAL + area + "..")
        .should()
        .dependOnClassesThat(
            resideInAPackage(INTERNAL + ".")
                .and(not(resideInAnyPackage(allowed.toArray(String[]::new)))))
        .allowEmptyShould(true)
        .check(CORE);
  }

  @ParameterizedTest
  @CsvSource({"log, org.rocksdb", "text, org.apache.lucene", "filter, org.roaringbitmap"})
  void anEngineIsImportedByOnePackage(String area, String engine) {
    noClasses()
        .that()
        .resideOutsideOfPackage(INTERNAL + area + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(engine + "..")
        .check(CORE);
  }

  @Test
  void onlyTheFactoryKnowsTheEngine() {
    noClasses()
        .that()
        .resideOutsideOfPackage(INTERNAL + "engine..")
        .and(not(DescribedPredicate.describe("the factory", ArchitectureTest::isFactory)))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(INTERNAL + "engine..")
        .check(CORE);
  }

  @Test
  void publicSignaturesHoldOnlyTheJdkAndThePublicApi() {
    classes().that(PUBLIC_API).should(new OwnTypesOnly()).check(CORE);
  }

  @Test
  void publicTypesDoNotHideTypesOfJavaLangOrJavaUtil() throws IOException {
    Set<String> taken = platformNames();
    List<String> hiding =
        CORE.stream()
            .filter(PUBLIC_API)
            .filter(JavaClass::isTopLevelClass)
            .map(JavaClass::getSimpleName)
            .filter(taken::contains)
            .toList();

    assertTrue(taken.containsAll(Set.of("Record", "Collection", "Optional")));
    assertEquals(List.of(), hiding, "a star import of dev.engram would be ambiguous");
  }

  private static boolean isFactory(JavaClass type) {
    String name = type.getName();
    return name.equals("dev.engram.Engram") || name.startsWith("dev.engram.Engram$");
  }

  private static Set<String> platformNames() throws IOException {
    FileSystem jdk = FileSystems.getFileSystem(URI.create("jrt:/"));
    Set<String> names = Set.of();
    for (String folder : List.of("java/lang", "java/util")) {
      try (Stream<Path> files = Files.list(jdk.getPath("modules/java.base", folder))) {
        names =
            Stream.concat(names.stream(), files.map(file -> file.getFileName().toString()))
                .filter(name -> !name.contains("$"))
                .map(name -> name.replace(".class", ""))
                .collect(Collectors.toSet());
      }
    }
    return names;
  }

  /** Looks at what a caller of a public type can see: supertypes, members and their generics. */
  private static final class OwnTypesOnly extends ArchCondition<JavaClass> {
    OwnTypesOnly() {
      super("show only types of java and of the public API");
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
      type.getSuperclass().ifPresent(parent -> check(type.getName(), parent, events));
      type.getInterfaces().forEach(parent -> check(type.getName(), parent, events));
      for (JavaField field : type.getFields()) {
        if (isVisible(field.getModifiers())) {
          check(field.getFullName(), field.getType(), events);
        }
      }
      for (JavaCodeUnit unit : type.getCodeUnits()) {
        if (isVisible(unit.getModifiers())) {
          check(unit.getFullName(), unit.getReturnType(), events);
          unit.getParameterTypes().forEach(seen -> check(unit.getFullName(), seen, events));
          unit.getExceptionTypes().forEach(seen -> check(unit.getFullName(), seen, events));
        }
      }
    }

    private static void check(String member, JavaType seen, ConditionEvents events) {
      for (JavaClass raw : seen.getAllInvolvedRawTypes()) {
        JavaClass base = raw.getBaseComponentType();
        String area = base.getPackageName();
        boolean own = area.startsWith("dev.engram") && !area.startsWith("dev.engram.internal");
        if (!base.isPrimitive() && !area.startsWith("java.") && !own) {
          events.add(SimpleConditionEvent.violated(seen, member + " shows " + base.getName()));
        }
      }
    }

    private static boolean isVisible(Set<JavaModifier> modifiers) {
      return !modifiers.contains(JavaModifier.SYNTHETIC)
          && (modifiers.contains(JavaModifier.PUBLIC)
              || modifiers.contains(JavaModifier.PROTECTED));
    }
  }
}
