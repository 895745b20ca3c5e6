// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.device.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where XLA's two parts of a CUDA toolkit are found, by XLA and by the launcher, which tells it.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "TensorFlow Java has GPU libraries for Linux only")
class CudaToolkitTest {
  /** What the profile takes of nvidia_cuda_nvcc_cu12-12.6.85, under the names in the wheel. */
  private static final List<String> OF_THE_WHEEL =
      List.of(
          "nvidia/cuda_nvcc/bin/ptxas",
          "nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc",
          "nvidia_cuda_nvcc_cu12-12.6.85.dist-info/License.txt");

  private static final String CACHE = ".javacpp/cache/cuda-nvcc";

  @TempDir Path folder;

  /** A program that answers as ptxas 12.6 does. */
  private static String ptxas(String version) {
    return "#!/bin/sh\necho 'Cuda compilation tools, release 12.6, V" + version + "'\n";
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static void executable(Path file, String text) throws IOException {
    write(file, text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  /** A toolkit in the folder of that name. */
  private Path toolkit(String name) throws IOException {
    Path toolkit = folder.resolve(name);
    write(toolkit.resolve("nvvm/libdevice/libdevice.10.bc"), "BC");
    executable(toolkit.resolve("bin/ptxas"), ptxas("12.6.85"));
    return toolkit;
  }

  /** Unpacked as the profile {@code cuda-nvcc} does it. */
  private Path fetched(Path home) throws IOException {
    for (String name : OF_THE_WHEEL) {
      Path file = home.resolve(CACHE).resolve(name);
      if (name.endsWith("ptxas")) {
        executable(file, ptxas("12.6.85"));
      } else {
        write(file, name);
      }
    }
    return home.resolve(CACHE).resolve("nvidia/cuda_nvcc");
  }

  private Optional<Path> found(String flags, String path) {
    return CudaToolkit.find(Map.of("XLA_FLAGS", flags, "PATH", path), folder.resolve("usual"));
  }

  @Test
  void bothPartsAreNeeded() throws IOException {
    assertThat(found("", "")).isEmpty();
    Path usual = toolkit("usual");
    assertThat(found("", "")).contains(usual);
    Files.delete(usual.resolve("bin/ptxas"));
    assertThat(found("", "")).isEmpty();
    assertThat(found("", folder + "/none:" + toolkit("other").resolve("bin"))).contains(usual);
    Files.delete(usual.resolve("nvvm/libdevice/libdevice.10.bc"));
    assertThat(found("", folder + "/other/bin")).isEmpty();
  }

  /** XLA takes that folder and no other. */
  @Test
  void whatXlaWasToldCounts() throws IOException {
    Path usual = toolkit("usual");
    Path told = toolkit("told");
    String flag = "--xla_gpu_cuda_data_dir=";
    assertThat(found("--a=b " + flag + told, "")).contains(told);
    assertThat(found(flag + usual + " " + flag + told, "")).contains(told);
    assertThat(found(flag + folder + "/none", "")).isEmpty();
    // XLA splits its flags at white space, and ends the process at "toolkit" here
    assertThat(found(flag + told + " toolkit", "")).isEmpty();
    assertThat(found(flag + told + " --a=b", "")).contains(told);
  }

  /**
   * Places as TensorFlow 2.18 listed them on an H200 when it found none: the folder of the flag,
   * /usr/local/cuda, "." and, in the error, ./libdevice.10.bc itself.
   */
  @Test
  void libdeviceAloneIsEnoughForTensorFlowsOwnKernels() throws IOException {
    Path told = folder.resolve("told/nvvm/libdevice/libdevice.10.bc");
    Path usual = folder.resolve("usual/nvvm/libdevice/libdevice.10.bc");
    Path here = folder.resolve("here/libdevice.10.bc");
    String flags = "--xla_gpu_cuda_data_dir=" + folder.resolve("told");
    assertThat(libdevice(flags)).isEmpty();
    write(here, "BC");
    assertThat(libdevice(flags)).contains(here);
    write(usual, "BC");
    assertThat(libdevice(flags)).contains(usual);
    write(told, "BC");
    assertThat(libdevice(flags)).contains(told);
    assertThat(libdevice("")).contains(usual);
    assertThat(found(flags, "")).isEmpty(); // no ptxas for XLA
  }

  private Optional<Path> libdevice(String flags) {
    return CudaToolkit.libdevice(
        Map.of("XLA_FLAGS", flags), folder.resolve("usual"), folder.resolve("here"));
  }

  /** XLA asks ptxas for its version and passes over one that does not answer, or is too old. */
  @Test
  void ptxasMustStart() throws IOException {
    Path usual = toolkit("usual");
    executable(usual.resolve("bin/ptxas"), ptxas("11.7.99"));
    assertThat(found("", "")).isEmpty();
    executable(usual.resolve("bin/ptxas"), ptxas("11.8.89"));
    assertThat(found("", "")).contains(usual);
    executable(usual.resolve("bin/ptxas"), "#!/bin/sh\nexit 1\n");
    assertThat(found("", "")).isEmpty();
    String driver = "--xla_gpu_unsafe_fallback_to_driver_on_ptxas_not_found";
    assertThat(found(driver + "=true", "")).contains(usual);
    assertThat(found(driver + " --a=b", "")).contains(usual);
    assertThat(found(driver + "=false", "")).isEmpty();
  }

  /** The pom unpacks to where the launcher looks. */
  @Test
  void theProfilePutsThemThere() throws IOException {
    assertThat(Files.readString(Path.of("pom.xml")))
        .contains("<cuda.nvcc.folder>${user.home}/" + CACHE + "</cuda.nvcc.folder>")
        .contains("<id>cuda-nvcc</id>");
  }

  /** What Java is started with, in a home folder that has fetched both: XLA_FLAGS and PATH. */
  private List<String> launched(Path home, String flags) throws Exception {
    Path checkout = folder.resolve("checkout");
    write(checkout.resolve("pom.xml"), "<project/>");
    Files.createDirectories(checkout.resolve("src/main"));
    for (String built :
        List.of(
            "hypernet4j-1.jar",
            "app/hypernet4j-1-app.jar",
            "classpath",
            "classpath-gpu",
            "launcher.ok")) {
      write(checkout.resolve("target").resolve(built), "a.jar");
    }
    Path script = checkout.resolve("hypernet4j");
    Files.copy(Path.of("hypernet4j"), script, StandardCopyOption.REPLACE_EXISTING);
    write(folder.resolve("java/release"), "JAVA_VERSION=\"17.0.1\"\n");
    executable(folder.resolve("java/bin/java"), "#!/bin/sh\necho \"$XLA_FLAGS\"\necho \"$PATH\"\n");
    ProcessBuilder launcher =
        new ProcessBuilder("sh", script.toString(), "--gpu", "doctor").redirectErrorStream(true);
    launcher.environment().keySet().removeAll(List.of("CUDA_HOME", "CUDA_PATH"));
    launcher.environment().put("XLA_FLAGS", flags);
    launcher.environment().put("HOME", home.toString());
    launcher.environment().merge("PATH", folder + "/tools", (old, first) -> first + ":" + old);
    launcher.environment().put("JAVA_HOME", folder.resolve("java").toString());
    Process process = launcher.start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), UTF_8).lines().toList();
    assertThat(process.waitFor()).as(lines.toString()).isZero();
    return lines;
  }

  @Test
  void theLauncherTellsXla() throws Exception {
    Path home = folder.resolve("home");
    Path fetched = fetched(home);
    List<String> started = launched(home, "--xla_a=b");
    assertThat(started.get(0)).isEqualTo("--xla_a=b --xla_gpu_cuda_data_dir=" + fetched);
    assertThat(started.get(1)).startsWith(fetched + "/bin:");
    // of two such flags XLA takes the last: the user's own is left alone
    assertThat(launched(home, "--xla_gpu_cuda_data_dir=/x").get(0))
        .isEqualTo("--xla_gpu_cuda_data_dir=/x");
  }

  /**
   * A machine that has the driver only: {@code mvn} is a program that unpacks what the profile
   * does.
   */
  @Test
  void theLauncherFetchesWhatNoToolkitHas() throws Exception {
    assumeThat(Path.of("/usr/local/cuda")).as("this machine has a CUDA toolkit").doesNotExist();
    assumeThat(Path.of("/opt/cuda")).as("this machine has a CUDA toolkit").doesNotExist();
    Path home = Files.createDirectories(folder.resolve("home"));
    Path mvn = folder.resolve("tools/mvn");

    executable(mvn, "#!/bin/sh\necho no network\nexit 1\n");
    List<String> alone = launched(home, "--xla_a=b");
    assertThat(alone.get(0)).startsWith("Fetching libdevice and ptxas (first use, 21 MB, under");
    assertThat(alone.get(1)).isEqualTo("note: they could not be fetched, see " + log() + ".");
    assertThat(Files.readString(log())).isEqualTo("no network\n");
    assertThat(alone.get(2)).isEqualTo("--xla_a=b");

    Path unpacked = fetched(folder.resolve("wheel"));
    Path target = home.resolve(CACHE).resolve("nvidia");
    executable(
        mvn,
        "#!/bin/sh\n[ \"$*\" = '-B -q -Pcuda-nvcc -Dcuda.nvcc.folder=%s initialize' ] && mkdir -p '%s' && cp -R '%s' '%s'\n"
            .formatted(home.resolve(CACHE), target, unpacked, target));
    List<String> first = launched(home, "--xla_a=b");
    assertThat(first.get(0)).startsWith("Fetching libdevice and ptxas");
    assertThat(first.get(1))
        .isEqualTo("--xla_a=b --xla_gpu_cuda_data_dir=" + target.resolve("cuda_nvcc"));
    assertThat(launched(home, "--xla_a=b").get(0)).isEqualTo(first.get(1));

    Files.delete(target.resolve("cuda_nvcc/nvvm/libdevice/libdevice.10.bc")); // interrupted
    assertThat(launched(home, "--xla_a=b").get(0)).startsWith("Fetching libdevice and ptxas");
  }

  private Path log() {
    return folder.resolve("checkout/target/launcher-nvcc.log");
  }

  /** XLA splits XLA_FLAGS at white space. */
  @Test
  void theLauncherPassesOverFoldersWithBlanks() throws Exception {
    Path home = folder.resolve("my home");
    Path fetched = fetched(home);
    List<String> started = launched(home, "--xla_a=b");
    assertThat(started.get(0)).startsWith("note: " + fetched + ": passed over, XLA takes no");
    assertThat(started.get(1)).startsWith("--xla_a=b").doesNotContain("my home");
  }

  /** After a change of the version, jars of the last one are still there. */
  @Test
  void theLauncherBuildsWithoutJarsOfAnotherVersion() throws Exception {
    Path target = folder.resolve("checkout/target");
    for (String jar : List.of("hypernet4j-9.jar", "app/hypernet4j-9-app.jar")) {
      write(target.resolve(jar), "old");
    }
    executable(
        folder.resolve("tools/mvn"),
        "#!/bin/sh\ncd target && mkdir -p app && echo a.jar >classpath &&"
            + " touch hypernet4j-1.jar app/hypernet4j-1-app.jar\n");
    executable(folder.resolve("java/bin/javac"), "#!/bin/sh\n");
    executable(folder.resolve("java/bin/java"), "#!/bin/sh\necho \"$@\"\n");
    List<String> started = launched();
    assertThat(started.get(started.size() - 1))
        .contains("-cp " + target + "/app/hypernet4j-1-app.jar:" + target + "/hypernet4j-1.jar:")
        .doesNotContain("hypernet4j-9");
    assertThat(target.resolve("hypernet4j-9.jar")).doesNotExist();
  }

  /** All that is printed in a checkout that was never built, or with other sources. */
  private List<String> launched() throws Exception {
    Path checkout = folder.resolve("checkout");
    write(checkout.resolve("pom.xml"), "<project/>");
    Files.createDirectories(checkout.resolve("src/main"));
    write(folder.resolve("java/release"), "JAVA_VERSION=\"17.0.1\"\n");
    Path script = checkout.resolve("hypernet4j");
    Files.copy(Path.of("hypernet4j"), script, StandardCopyOption.REPLACE_EXISTING);
    ProcessBuilder launcher =
        new ProcessBuilder("sh", script.toString(), "version").redirectErrorStream(true);
    launcher.environment().put("JAVA_HOME", folder.resolve("java").toString());
    launcher.environment().merge("PATH", folder + "/tools", (old, first) -> first + ":" + old);
    Process process = launcher.start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), UTF_8).lines().toList();
    assertThat(process.waitFor()).as(lines.toString()).isZero();
    return lines;
  }
}
