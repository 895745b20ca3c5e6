// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hypernet4j.device.internal.GpuDriver;
import org.hypernet4j.device.internal.ShownGpus;
import org.jspecify.annotations.Nullable;
import org.tensorflow.exceptions.TFResourceExhaustedException;
import org.tensorflow.exceptions.TensorFlowException;

/**
 * Explains errors of memory that ran out: Java's own, or that in which TensorFlow keeps its
 * tensors.
 */
final class MemoryErrors {
  private static final String SMALLER =
      "Make training.batchSize, training.evaluateBatchSize or the model smaller (model.filters; for"
          + " text model.cell.units and data.sequenceLength)";

  /**
   * As in {@code OOM when allocating tensor with shape[512,28] and type float on /job:...:CPU:0}.
   */
  private static final Pattern TENSOR =
      Pattern.compile(
          "tensor with shape\\s*\\[([0-9,]*)\\] and type (\\w+)(?: on \\S*?([A-Z]+:\\d+))?");

  /**
   * The message of compiled steps: {@code Out of memory while trying to allocate 4294967296 bytes}.
   */
  private static final Pattern COUNT = Pattern.compile("trying to allocate (\\d{1,18}) bytes");

  /** Parts of the messages of a full GPU that lack the error code for it. */
  private static final List<String> FULL_GPU =
      List.of(
          // a tensor was to be copied to it
          "Dst tensor is not initialized",
          // a library that is opened late found no memory for itself
          "CUDA_ERROR_OUT_OF_MEMORY",
          "CUDNN_STATUS_ALLOC_FAILED",
          "CUBLAS_STATUS_ALLOC_FAILED");

  private static final Map<String, Integer> BYTES =
      Map.of("float", 4, "double", 8, "half", 2, "int32", 4, "int64", 8, "uint8", 1, "bool", 1);

  private MemoryErrors() {}

  /**
   * The explanation if memory ran out, whatever the error is wrapped in; null for any other error.
   */
  static @Nullable String explain(Throwable error) {
    return explain(error, () -> GpuDriver.look().gpus());
  }

  /**
   * As {@link #explain(Throwable)}.
   *
   * @param gpus supplies the lines of {@link GpuDriver#gpus}, if a GPU is full
   */
  static @Nullable String explain(Throwable error, Supplier<List<String>> gpus) {
    Throwable cause = error;
    while (cause != null) {
      if (cause instanceof OutOfMemoryError) {
        return java(String.valueOf(cause.getMessage()));
      }
      String message = String.valueOf(cause.getMessage());
      boolean fullGpu =
          cause instanceof TensorFlowException && FULL_GPU.stream().anyMatch(message::contains);
      if (fullGpu || cause instanceof TFResourceExhaustedException) {
        return tensorFlow(message, fullGpu || message.contains("GPU"), gpus);
      }
      cause = cause.getCause();
    }
    return null;
  }

  private static String java(String message) {
    if (message.contains("native thread")) {
      return "memory: " + message + ". Ask for fewer threads or raise the limit of processes.";
    }
    // JavaCPP counts what lies outside the heap and has a limit of its own
    if (message.contains("hysical")) {
      return "memory: " + message + ". " + SMALLER + ", or use a machine with more memory.";
    }
    return "memory: the Java heap of "
        + Runtime.getRuntime().maxMemory() / (1 << 20)
        + " MB is full. Give it more, for example HYPERNET4J_JAVA_OPTS=-Xmx4g, or make the"
        + " batches smaller.";
  }

  private static String tensorFlow(String message, boolean gpu, Supplier<List<String>> gpus) {
    Matcher tensor = TENSOR.matcher(message);
    Matcher count = COUNT.matcher(message);
    String asked = "TensorFlow could not get what it needs (" + message + ")";
    if (tensor.find()) {
      String device = tensor.group(3);
      asked =
          "TensorFlow has no room for a tensor of shape ["
              + tensor.group(1)
              + "] and type "
              + tensor.group(2)
              + size(tensor.group(1), tensor.group(2))
              + (device == null ? "" : " on " + ShownGpus.name(device));
    } else if (count.find()) {
      asked = "TensorFlow has no room for " + ModelExport.size(Long.parseLong(count.group(1)));
    }
    return "memory: " + asked + (gpu ? free(gpus.get()) : "") + ". " + SMALLER + ".";
  }

  /** The GPUs' memory as nvidia-smi reports it, while TensorFlow has not released any yet. */
  private static String free(List<String> gpus) {
    List<String> memory = new ArrayList<>();
    for (String gpu : gpus) {
      String[] fields = gpu.split(", ", -1); // name, compute capability, memory, free memory
      if (fields.length == 4) {
        memory.add(fields[3] + " of " + fields[2] + " free on " + fields[0]);
      }
    }
    return memory.isEmpty() ? "" : "; beside what it holds already: " + String.join("; ", memory);
  }

  private static String size(String shape, String type) {
    Integer bytes = BYTES.get(type);
    if (bytes == null) {
      return "";
    }
    double size = bytes;
    Matcher length = Pattern.compile("[0-9]+").matcher(shape);
    while (length.find()) {
      size *= Double.parseDouble(length.group());
    }
    return " (" + ModelExport.size((long) size) + ")";
  }
}
