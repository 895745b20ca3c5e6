// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.device.internal;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The GPUs that TensorFlow 2.18 has kernels for. It ignores older ones; on newer ones its
 * element-wise kernels, which hold machine code up to 8.9 and PTX for 9.0 only, cannot be loaded.
 */
public final class GpuCapability {
  /** Environment variable that, if it is 1, allows training on an unsuitable GPU. */
  public static final String ANY_GPU = "HYPERNET4J_ANY_GPU";

  public static final String EXPECTED = "compute capability 6.0 to 9.0";

  private static final int FIRST = 6;
  private static final int LAST = 9;
  private static final Pattern OF_GPU = Pattern.compile(", (\\d{1,3})\\.\\d, ");

  private GpuCapability() {}

  /**
   * The GPUs that TensorFlow cannot compute on; one of unknown capability is not included.
   *
   * @param gpus as in {@link GpuDriver#gpus}
   */
  public static List<String> unfit(List<String> gpus) {
    return gpus.stream()
        .filter(gpu -> major(gpu).filter(major -> major < FIRST || major > LAST).isPresent())
        .toList();
  }

  /** The fault of GPUs that are {@link #unfit}, with their names, in one line. */
  public static String explain(List<String> unfit) {
    boolean newer = unfit.stream().anyMatch(gpu -> major(gpu).orElse(0) > LAST);
    return "TensorFlow 2.18 has no kernels for "
        + String.join("; ", unfit)
        + " (it has them for "
        + EXPECTED
        + (newer ? "; on newer GPUs additions, products and tanh are expected to fail)" : ")");
  }

  /** Whether the user has chosen to continue regardless. */
  public static boolean anyAllowed() {
    return Objects.equals(System.getenv(ANY_GPU), "1");
  }

  private static Optional<Integer> major(String gpu) {
    Matcher capability = OF_GPU.matcher(gpu);
    return capability.find() ? Optional.of(Integer.valueOf(capability.group(1))) : Optional.empty();
  }
}
