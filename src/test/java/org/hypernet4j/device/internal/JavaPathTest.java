// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.device.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaPathTest {
  @TempDir Path folder;

  @Test
  void findsTheJarsInAFolderOfTheModulePath() throws IOException {
    Path jars = Files.createDirectory(folder.resolve("jars"));
    Path first = Files.createFile(jars.resolve("a.jar"));
    Path second = Files.createFile(jars.resolve("b.jar"));
    Files.createFile(jars.resolve("notes.txt"));
    Path open = Files.createDirectory(jars.resolve("open"));
    Files.createFile(open.resolve("module-info.class"));
    Files.createDirectory(jars.resolve("folder"));

    assertThat(JavaPath.asClassPath("", jars.toString()))
        .isEqualTo(first + File.pathSeparator + second + File.pathSeparator + open);
  }

  @Test
  void takesAFolderWithADescriptorAsOneModule() throws IOException {
    Files.createFile(folder.resolve("module-info.class"));
    Files.createFile(folder.resolve("resource.jar"));

    assertThat(JavaPath.asClassPath("", folder.toString())).isEqualTo(folder.toString());
  }

  @Test
  void keepsTheClassPathAsItIsAndFirst() {
    String classPath = "classes/" + File.pathSeparator + "lib.jar";

    assertThat(JavaPath.asClassPath(classPath, "module.jar"))
        .isEqualTo(classPath + File.pathSeparator + "module.jar");
  }

  @Test
  void isTheClassPathWhereThereAreNoModules() {
    assertThat(System.getProperty("jdk.module.path")).isNull();
    assertThat(JavaPath.asClassPath()).isEqualTo(System.getProperty("java.class.path"));
  }
}
