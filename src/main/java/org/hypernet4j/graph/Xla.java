package org.hypernet4j.graph;

import java.util.List;
import org.hypernet4j.device.CudaToolkit;
import org.hypernet4j.device.GpuLibraries;
import org.hypernet4j.device.ShownGpus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Whether this TensorFlow can compile with XLA, found out by doing it once. */
public final class Xla {
  private static final Logger LOG = LoggerFactory.getLogger(Xla.class);
  private static final boolean AVAILABLE = compiles();

  private Xla() {}

  /** Whether it can; where not, one warning has said why and what runs instead. */
  public static boolean isAvailable() {
    return AVAILABLE;
  }

  private static boolean compiles() {
    if (GpuLibraries.tensorFlowIsGpuBuild() && CudaToolkit.find().isEmpty()) {
      LOG.warn(
          "XLA is not available, steps run op by op: on a GPU it needs libdevice and ptxas of a CUDA"
              + " toolkit (set CUDA_HOME)");
      return false;
    }
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> y;
      try (StepFunction function = StepFunction.in(tf, "square", true)) {
        Operand<TFloat32> x = function.enter(tf.constant(2f));
        y = function.leave(List.of(function.tf().math.square(x))).get(0);
      }
      try (Session session = new Session(graph, ShownGpus.configuration());
          var result = session.runner().fetch(y).run()) {
        return ((TFloat32) result.get(0)).getFloat() == 4f;
      }
    } catch (TensorFlowException | IllegalArgumentException e) {
      LOG.warn("XLA is not available, steps run op by op: {}", e.getMessage());
      return false;
    }
  }
}
