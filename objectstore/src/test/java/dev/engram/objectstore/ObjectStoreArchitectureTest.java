package dev.engram.objectstore;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the module may know and show. */
class ObjectStoreArchitectureTest {
  private static final JavaClasses MODULE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.engram.objectstore");

  @Test
  void knowsTheCoreByItsPublicApiAlone() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.engram.internal..")
        .check(MODULE);
  }

  @Test
  void showsNothingOfTheSdk() {
    List<String> shown =
        MODULE.stream()
            .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
            .flatMap(type -> type.getCodeUnits().stream())
            .filter(ObjectStoreArchitectureTest::isVisible)
            .flatMap(unit -> typesOf(unit).map(type -> unit.getFullName() + " shows " + type))
            .filter(each -> each.contains(" shows software.amazon"))
            .toList();
    assertFalse(MODULE.isEmpty());
    assertEquals(List.of(), shown);
  }

  private static boolean isVisible(JavaCodeUnit unit) {
    return unit.getModifiers().contains(JavaModifier.PUBLIC)
        || unit.getModifiers().contains(JavaModifier.PROTECTED);
  }

  private static Stream<String> typesOf(JavaCodeUnit unit) {
    return Stream.concat(Stream.of(unit.getRawReturnType()), unit.getRawParameterTypes().stream())
        .map(JavaClass::getName);
  }
}
