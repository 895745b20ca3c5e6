// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.device.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Which builds of TensorFlow a class path holds, whatever its entries are called. */
class TensorFlowNativesTest {
  private static final String PLATFORM = "linux-x86_64";

  @TempDir Path folder;

  private static String library(String build) {
    return "org/tensorflow/internal/c_api/" + build + "/" + System.mapLibraryName("jnitensorflow");
  }

  private Path jar(String name, String... builds) throws IOException {
    Path jar = folder.resolve(name);
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (String build : builds) {
        out.putNextEntry(new JarEntry(library(build)));
      }
    }
    return jar;
  }

  private Path unpacked(String name, String build) throws IOException {
    Path library = folder.resolve(name).resolve(library(build));
    Files.createDirectories(library.getParent());
    Files.createFile(library);
    return folder.resolve(name);
  }

  private static List<String> list(Path... entries) throws IOException {
    URL[] urls = new URL[entries.length];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = entries[i].toUri().toURL();
    }
    try (URLClassLoader loader = new URLClassLoader(urls, null)) {
      return TensorFlowNatives.list(loader, PLATFORM);
    }
  }

  @Test
  void aJarOfMavenIsNamed() throws IOException {
    assertThat(list(jar("tensorflow-core-native-1.1.0-linux-x86_64.jar", PLATFORM)))
        .containsExactly("tensorflow-core-native-1.1.0-linux-x86_64.jar");
    assertThat(list(jar("tensorflow-core-native-1.1.0-linux-x86_64-gpu.jar", PLATFORM + "-gpu")))
        .containsExactly("tensorflow-core-native-1.1.0-linux-x86_64-gpu.jar");
  }

  /** A folder of natives and one jar with everything count like Maven's jars. */
  @Test
  void anyOtherPlaceIsNamedWithTheBuildThatItHolds() throws IOException {
    assertThat(list(unpacked("natives", PLATFORM + "-gpu")))
        .containsExactly(folder.resolve("natives") + "/ (linux-x86_64-gpu)");
    assertThat(list(jar("app-all.jar", PLATFORM + "-gpu")))
        .containsExactly("app-all.jar (linux-x86_64-gpu)");
  }

  @Test
  void allAreNamedWhereSeveralCouldBeLoaded() throws IOException {
    assertThat(list(jar("both.jar", PLATFORM, PLATFORM + "-gpu"), unpacked("natives", PLATFORM)))
        .containsExactly(
            "both.jar (linux-x86_64)",
            folder.resolve("natives") + "/ (linux-x86_64)",
            "both.jar (linux-x86_64-gpu)");
  }

  /** On Windows too, where a jar's URL is no path. */
  @Test
  void namesAreDecoded() throws IOException {
    String within = "org/tensorflow/internal/c_api/windows-x86_64/jnitensorflow.dll";
    for (String folder : List.of("file:/C:/Users/A%20B/", "file:/home/b!/")) {
      URL jar = URI.create("jar:" + folder + "my%20all+1.jar!/" + within).toURL();
      assertThat(TensorFlowNatives.place(jar)).isEqualTo("my all+1.jar");
    }
    assertThat(list(unpacked("my natives+%", PLATFORM)))
        .containsExactly(folder.resolve("my natives+%") + "/ (linux-x86_64)");
    URL bare = new URL("file:/home/50%/natives/" + within);
    assertThat(TensorFlowNatives.place(bare)).isEqualTo("/home/50%/natives/");
  }

  /** The name of a jar says nothing, and what is for another system cannot be loaded. */
  @Test
  void aNameAloneIsNoBuild() throws IOException {
    assertThat(list(jar("tensorflow-core-native-1.1.0-linux-x86_64-gpu.jar"))).isEmpty();
    assertThat(list(jar("natives-of-a-mac.jar", "macosx-arm64"))).isEmpty();
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "the jar's name is that of the system")
  void theTestsRunWithTheBuildForCpus() {
    assertThat(TensorFlowNatives.list())
        .singleElement()
        .asString()
        .endsWith(Loader.getPlatform() + ".jar");
    assertThat(GpuLibraries.tensorFlowIsGpuBuild()).isFalse();
  }
}
