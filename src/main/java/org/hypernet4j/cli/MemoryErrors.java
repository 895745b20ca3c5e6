package org.hypernet4j.cli;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tensorflow.exceptions.TFResourceExhaustedException;
import org.tensorflow.exceptions.TensorFlowException;

/** Memory that ran out: Java's own, or that in which TensorFlow keeps its tensors. */
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

  private static final Map<String, Integer> BYTES =
      Map.of("float", 4, "double", 8, "half", 2, "int32", 4, "int64", 8, "uint8", 1, "bool", 1);

  private MemoryErrors() {}

  /** What to tell if memory ran out, whatever it is wrapped in; null if something else happened. */
  static @Nullable String explain(Throwable error) {
    Throwable cause = error;
    while (cause != null) {
      if (cause instanceof OutOfMemoryError) {
        return java(String.valueOf(cause.getMessage()));
      }
      if (cause instanceof TFResourceExhaustedException
          // what a GPU says whose memory is full when a tensor is copied to it
          || (cause instanceof TensorFlowException
              && String.valueOf(cause.getMessage()).contains("Dst tensor is not initialized"))) {
        return tensorFlow(String.valueOf(cause.getMessage()));
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

  private static String tensorFlow(String message) {
    Matcher tensor = TENSOR.matcher(message);
    String asked = "TensorFlow could not get what it needs (" + message + ")";
    if (tensor.find()) {
      String device = tensor.group(3);
      asked =
          "TensorFlow has no room for a tensor of shape ["
              + tensor.group(1)
              + "] and type "
              + tensor.group(2)
              + size(tensor.group(1), tensor.group(2))
              + (device == null ? "" : " on " + device);
    }
    return "memory: " + asked + ". " + SMALLER + ".";
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
