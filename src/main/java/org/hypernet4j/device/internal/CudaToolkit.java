// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.device.internal;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The two parts of NVIDIA's CUDA toolkit that the Maven profile {@code gpu} does not bring.
 *
 * <p><b>libdevice</b>, the mathematical functions of a GPU. TensorFlow 2.18 holds its square root,
 * exponential, logarithm, sigmoid, softplus, minimum and maximum for GPUs not as machine code but
 * as MLIR, which it compiles and links with libdevice when an op first runs. Without it a step of
 * Adam ends with "JIT compilation failed". XLA links it, too.
 *
 * <p><b>ptxas</b>, which XLA runs. TensorFlow Java's build of XLA has no other compiler of PTX but
 * the driver's, and ends the process if it finds no ptxas; the kernels above go to the driver then.
 *
 * <p>The question is what TensorFlow will find, not what is installed.
 */
public final class CudaToolkit {
  /** The next step of an error if they are not found. */
  public static final String REMEDY =
      "start with the launcher, which takes CUDA_HOME (no blanks in its path) or what 'mvn"
          + " -Pcuda-nvcc initialize' fetches; without it, or with a --xla_gpu_cuda_data_dir of"
          + " your own, set XLA_FLAGS=--xla_gpu_cuda_data_dir=DIR";

  private static final Path USUAL = Path.of("/usr/local/cuda");
  private static final Path HERE = Path.of("");
  private static final Path LIBDEVICE = Path.of("nvvm/libdevice/libdevice.10.bc");

  /**
   * XLA splits its flags at white space; what follows a blank within a path is the second group.
   */
  private static final Pattern DATA_DIR =
      Pattern.compile("--xla_gpu_cuda_data_dir=(\\S+)(\\s+[^-\\s]\\S*)?");

  private static final Pattern DRIVER_COMPILES =
      Pattern.compile("--xla_gpu_unsafe_fallback_to_driver_on_ptxas_not_found(=true|=1)?(?=\\s|$)");
  private static final Pattern VERSION = Pattern.compile("\\bV(\\d{1,4})\\.(\\d{1,4})\\.\\d+\\b");

  /** Oldest version of ptxas; XLA skips older ones. */
  private static final int OLDEST = 1108;

  private CudaToolkit() {}

  /**
   * The file that TensorFlow links its own kernels with: in the folder that XLA_FLAGS names, which
   * the launcher sets, else in /usr/local/cuda, else in the folder that the process was started in.
   */
  public static Optional<Path> libdevice() {
    return libdevice(System.getenv(), USUAL, HERE);
  }

  /** As {@link #libdevice()}; a toolkit's usual folder and that of the process may be others. */
  static Optional<Path> libdevice(Map<String, String> environment, Path usual, Path here) {
    return Stream.of(
            told(environment).map(folder -> folder.resolve(LIBDEVICE)),
            Optional.of(usual.resolve(LIBDEVICE)),
            Optional.of(here.resolve(LIBDEVICE)),
            Optional.of(here.resolve(LIBDEVICE.getFileName())))
        .flatMap(Optional::stream)
        .filter(Files::isRegularFile)
        .findFirst();
  }

  /**
   * The folder whose libdevice and ptxas XLA uses: the one in XLA_FLAGS, which the launcher sets,
   * else /usr/local/cuda; empty if it does not exist or there is no ptxas in that folder, on the
   * PATH or in /usr/local/cuda.
   */
  public static Optional<Path> find() {
    return find(System.getenv(), USUAL);
  }

  static Optional<Path> find(Map<String, String> environment, Path usual) {
    String flags = environment.getOrDefault("XLA_FLAGS", "");
    if (cut(flags)) {
      return Optional.empty(); // a blank in the path: XLA would end the process
    }
    Path folder = told(environment).orElse(usual);
    boolean compiler =
        DRIVER_COMPILES.matcher(flags).find()
            || Stream.of(
                    Stream.of(folder.resolve("bin")),
                    folders(environment.getOrDefault("PATH", "")),
                    Stream.of(usual.resolve("bin")))
                .flatMap(places -> places)
                .anyMatch(CudaToolkit::hasPtxas);
    boolean library = Files.isRegularFile(folder.resolve(LIBDEVICE));
    return compiler && library ? Optional.of(folder) : Optional.empty();
  }

  /** The folder that XLA_FLAGS names. */
  private static Optional<Path> told(Map<String, String> environment) {
    Matcher given = DATA_DIR.matcher(environment.getOrDefault("XLA_FLAGS", ""));
    Optional<Path> folder = Optional.empty();
    while (given.find()) { // of several flags the last one counts
      folder = Optional.of(Path.of(given.group(1)));
    }
    return folder;
  }

  /** Whether a path in XLA_FLAGS has a blank. */
  private static boolean cut(String flags) {
    return DATA_DIR.matcher(flags).results().anyMatch(given -> given.group(2) != null);
  }

  /** Whether a ptxas is there, starts and is new enough. */
  private static boolean hasPtxas(Path folder) {
    Path ptxas = folder.resolve("ptxas");
    if (!Files.isExecutable(ptxas) || Files.isDirectory(ptxas)) {
      return false;
    }
    Matcher version =
        VERSION.matcher(String.join(" ", Programs.lines(ptxas.toString(), "--version")));
    return version.find()
        && 100 * Integer.parseInt(version.group(1)) + Integer.parseInt(version.group(2)) >= OLDEST;
  }

  private static Stream<Path> folders(String path) {
    return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
        .splitAsStream(path)
        .filter(folder -> !folder.isBlank())
        .map(Path::of);
  }
}
