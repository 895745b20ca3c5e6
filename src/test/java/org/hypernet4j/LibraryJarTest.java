// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The library's jar is whole without the application's: the property {@code app.files} of the pom
 * says which packages are the application's, the module descriptor which of the library are seen.
 */
class LibraryJarTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.hypernet4j");

  private static List<String> appPackages = List.of();
  private static String descriptor = "";

  @BeforeAll
  static void readThePom() throws IOException {
    Matcher property =
        Pattern.compile("<app\\.files>(.*?)</app\\.files>", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("pom.xml")));
    assertThat(property.find()).as("app.files in pom.xml").isTrue();
    appPackages =
        Arrays.stream(property.group(1).strip().split("\\s*,\\s*", -1))
            .map(files -> files.replaceFirst("/\\*\\*$", "").replace('/', '.'))
            .toList();
    descriptor = Files.readString(Path.of("src/main/module/module-info.java"));
  }

  @Test
  void theLibraryNeedsNothingOfTheApplication() {
    TreeSet<String> violations = new TreeSet<>();
    for (JavaClass from : CLASSES) {
      if (isApp(from.getPackageName())) {
        continue;
      }
      for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
        if (isApp(dependency.getTargetClass().getPackageName())) {
          violations.add(from.getName() + " uses " + dependency.getTargetClass().getName());
        }
      }
    }
    assertThat(violations).isEmpty();
  }

  /** A wrong pattern would leave the command line in the library without a word. */
  @Test
  void everyPatternOfThePomIsAPackage() {
    assertThat(appPackages)
        .isNotEmpty()
        .allMatch(name -> CLASSES.stream().anyMatch(c -> isIn(c.getPackageName(), name)));
    assertThat(appPackages).contains("org.hypernet4j.cli");
  }

  @Test
  void theDescriptorExportsPackagesOfTheLibraryOnly() {
    List<String> exported =
        Pattern.compile("(?m)^\\s*exports\\s+([\\w.]+)")
            .matcher(descriptor)
            .results()
            .map(match -> match.group(1))
            .toList();
    assertThat(exported)
        .isNotEmpty()
        .isSorted()
        .doesNotHaveDuplicates()
        .noneMatch(LibraryJarTest::isApp)
        .noneMatch(name -> name.contains("internal"))
        .allMatch(CLASSES::containPackage);
  }

  /** Gson asks for the constructors and fields of a record that it reads or writes. */
  @Test
  void theDescriptorOpensWhatGsonReads() {
    String opened =
        Pattern.compile("(?m)^\\s*opens\\s+([\\w.]+)\\s+to\\s+com\\.google\\.gson;")
            .matcher(descriptor)
            .results()
            .map(match -> match.group(1))
            .collect(Collectors.joining(" "));
    TreeSet<String> needed = new TreeSet<>();
    for (JavaClass from : CLASSES) {
      if (!isApp(from.getPackageName()) && givesGsonAType(from)) {
        needed.add(from.getPackageName());
      }
    }
    assertThat(needed).isNotEmpty();
    assertThat(opened.split(" ")).containsAll(needed);
  }

  private static boolean givesGsonAType(JavaClass from) {
    return from.getMethodCallsFromSelf().stream()
        .anyMatch(
            call ->
                call.getTargetOwner().getName().equals("com.google.gson.Gson")
                    && call.getTarget().getRawParameterTypes().stream()
                        .anyMatch(
                            type ->
                                List.of("java.lang.Class", "java.lang.Object")
                                    .contains(type.getName())));
  }

  private static boolean isApp(String packageName) {
    return appPackages.stream().anyMatch(app -> isIn(packageName, app));
  }

  private static boolean isIn(String packageName, String parent) {
    return packageName.equals(parent) || packageName.startsWith(parent + ".");
  }
}
