// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Packages depend on those above them in the list only, and every package is in it. */
class ArchitectureTest {
  private static final List<String> ORDER =
      List.of(
          "error",
          "random",
          "io",
          "pen",
          "measure",
          "picture",
          "device",
          "json",
          "spec",
          "graph",
          "optim",
          "hyper",
          "nn",
          "cell",
          "unroll",
          "data",
          "zoo",
          "checkpoint",
          "train",
          "build",
          "export",
          "export.savedmodel",
          "export.serving",
          "export.verify",
          "export.publish",
          "predict",
          "run",
          "image",
          "language",
          "strokes",
          "translation",
          "conditioned",
          "conditioned.continual",
          "conditioned.images",
          "conditioned.uncertainty",
          "conditioned.pareto",
          "conditioned.response",
          "conditioned.rotation",
          "conditioned.pruning",
          "experiment",
          "report",
          "benchmark",
          "server",
          "cli");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.hypernet4j");

  @Test
  void packagesDependDownwardsOnly() {
    TreeSet<String> violations = new TreeSet<>();
    for (JavaClass from : CLASSES) {
      for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
        String to = dependency.getTargetClass().getPackageName();
        if (to.startsWith("org.hypernet4j.") && rank(to) > rank(from.getPackageName())) {
          violations.add(from.getName() + " uses " + dependency.getTargetClass().getName());
        }
      }
    }
    assertThat(violations).isEmpty();
  }

  private static int rank(String packageName) {
    // what a package hides belongs to it
    String name = packageName.substring("org.hypernet4j.".length()).replace(".internal", "");
    assertThat(ORDER).as("the list of packages, from low to high").contains(name);
    return ORDER.indexOf(name);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("org.hypernet4j.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void exportKnowsNoModelAndNoTraining() {
    for (JavaClass from : CLASSES) {
      if (from.getPackageName().startsWith("org.hypernet4j.export")) {
        assertThat(from.getDirectDependenciesFromSelf())
            .noneMatch(
                d -> d.getTargetClass().getPackageName().matches(".*hypernet4j\\.(zoo|train)"));
      }
    }
  }

  @Test
  void modelsKnowNoSpecification() {
    for (JavaClass from : CLASSES) {
      if (from.getPackageName().equals("org.hypernet4j.zoo")) {
        assertThat(from.getDirectDependenciesFromSelf())
            .noneMatch(d -> d.getTargetClass().getPackageName().equals("org.hypernet4j.spec"));
      }
    }
  }

  @Test
  void onlyTheCommandLineUsesCommandLineLibraries() {
    for (JavaClass from : CLASSES) {
      if (!from.getPackageName().equals("org.hypernet4j.cli")) {
        assertThat(from.getDirectDependenciesFromSelf())
            .noneMatch(
                d ->
                    d.getTargetClass()
                        .getPackageName()
                        .matches("(picocli|me\\.tongfei|org\\.knowm).*"));
      }
    }
  }
}
