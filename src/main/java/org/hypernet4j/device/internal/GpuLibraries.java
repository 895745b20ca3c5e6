// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.device.internal;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.hypernet4j.error.UserError;

/**
 * CUDA 12 and cuDNN 9 from the class path.
 *
 * <p>TensorFlow opens these libraries by name, {@code dlopen("libcudart.so.12")}, and silently
 * trains on the CPU if one is missing. Those that the Maven profile {@code gpu} brings lie inside a
 * jar, where they cannot be found by name; once this class has loaded them they are found, because
 * they are in the process already. TensorFlow Java's own loader looks for CUDA 11 and finds
 * nothing.
 */
public final class GpuLibraries {
  private static final String FOLDER = "org/bytedeco/cuda/linux-x86_64/";

  /** Needed to trace a step: without it a trace has no times of the GPU itself. */
  public static final String CUPTI = "libcupti.so.12";

  /**
   * Dependencies before dependents. The parts of cuDNN are loaded one by one because libcudnn.so.9
   * opens them later by name and must find them in its own folder, JavaCPP's cache.
   */
  static final List<String> NAMES =
      List.of(
          "libcudart.so.12",
          CUPTI,
          "libnvJitLink.so.12",
          "libcublasLt.so.12",
          "libcublas.so.12",
          "libcufft.so.11",
          "libcusparse.so.12",
          "libcusolver.so.11",
          "libnvrtc-builtins.so.12.6",
          "libnvrtc.so.12",
          "libcudnn_graph.so.9",
          "libcudnn_ops.so.9",
          "libcudnn_cnn.so.9",
          "libcudnn_adv.so.9",
          "libcudnn_heuristic.so.9",
          "libcudnn_engines_runtime_compiled.so.9",
          "libcudnn_engines_precompiled.so.9",
          "libcudnn.so.9");

  /** The libraries that TensorFlow itself opens; if one is missing, it registers no GPU. */
  private static final List<String> NEEDED =
      List.of(
          "libcudart.so.12",
          "libcublas.so.12",
          "libcublasLt.so.12",
          "libcufft.so.11",
          "libcusolver.so.11",
          "libcusparse.so.12",
          "libcudnn.so.9");

  private static final List<String> LOADED = new ArrayList<>();

  private GpuLibraries() {}

  /** Whether the class path or module path holds TensorFlow's build for GPUs. */
  public static boolean tensorFlowIsGpuBuild() {
    return TensorFlowNatives.forGpus();
  }

  /**
   * Loads every library that the class path has. Must run before the first class of TensorFlow is
   * used; later calls do nothing.
   *
   * @return the names of those that are loaded now; empty without the profile {@code gpu}
   * @throws UserError if one that training needs is there and cannot be loaded
   */
  public static synchronized List<String> preload() {
    if (LOADED.isEmpty()) {
      for (String name : NAMES) {
        URL url = GpuLibraries.class.getClassLoader().getResource(FOLDER + name);
        if (url != null && load(name, url)) {
          LOADED.add(name);
        }
      }
    }
    return List.copyOf(LOADED);
  }

  private static boolean load(String name, URL url) {
    try {
      // a folder of classes in place of the jar is used where it lies
      File file =
          "file".equals(url.getProtocol()) ? new File(url.toURI()) : Loader.cacheResource(url);
      System.load(file.getAbsolutePath());
      return true;
    } catch (IOException | URISyntaxException | UnsatisfiedLinkError e) {
      if (name.equals(CUPTI)) {
        return false; // only tracing needs it
      }
      throw UserError.in(name)
          .what("a GPU library cannot be loaded")
          .expected("room for 4 GB in the cache folder of JavaCPP, ~/.javacpp/cache")
          .received(e.getMessage())
          .next("move the cache with HYPERNET4J_JAVA_OPTS=-Dorg.bytedeco.javacpp.cachedir=DIR")
          .cause(e)
          .build();
    }
  }

  /** Whether a trace can have times of the GPU itself. */
  public static boolean canTrace() {
    return preload().contains(CUPTI) || SystemLibraries.opens(CUPTI);
  }

  /**
   * Those libraries that TensorFlow needs for a GPU and would not find: neither on the class path,
   * see {@link #preload}, nor installed on the system.
   */
  public static List<String> missing() {
    List<String> loaded = preload();
    return NEEDED.stream()
        .filter(name -> !loaded.contains(name) && !SystemLibraries.opens(name))
        .toList();
  }
}
