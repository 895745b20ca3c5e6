// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.device.internal;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.types.TFloat32;

/** Checks whether TensorFlow can compile with XLA in this process, by compiling once. */
public final class Xla {
  private static final Logger LOG = LoggerFactory.getLogger(Xla.class);
  // a function that on a GPU is linked from libdevice: a square would not be
  private static final String FUNCTION = "exponential";
  private static final double EXPONENTIAL_OF_2 = Math.exp(2);

  private Xla() {}

  /** Tries only once, on the first call: the class is initialised by the first caller. */
  private static final class Once {
    static final boolean AVAILABLE = compiles();
  }

  /**
   * Whether XLA can compile. If it cannot, the first call logs one warning with the reason. To be
   * called after the GPUs of the process are chosen: the first call opens a session.
   */
  public static boolean isAvailable() {
    return Once.AVAILABLE;
  }

  private static boolean compiles() {
    if (GpuLibraries.tensorFlowIsGpuBuild() && CudaToolkit.find().isEmpty()) {
      LOG.warn(
          "XLA is not available, steps run op by op: on a GPU it needs libdevice and ptxas of a CUDA"
              + " toolkit: {}",
          CudaToolkit.REMEDY);
      return false;
    }
    try (Graph graph = new Graph()) {
      graph.importGraphDef(exponential());
      Ops tf = Ops.create(graph);
      Output<TFloat32> y =
          tf.scope()
              .opBuilder("PartitionedCall", "Step")
              .addInputList(new Output<?>[] {tf.constant(2f).asOutput()})
              .setAttr("Tin", new DataType[] {DataType.DT_FLOAT})
              .setAttr("Tout", new DataType[] {DataType.DT_FLOAT})
              .setAttr(
                  "f",
                  AttrValue.newBuilder()
                      .setFunc(NameAttrList.newBuilder().setName(FUNCTION))
                      .build())
              .setAttr("_XlaMustCompile", true)
              .build()
              .output(0);
      try (Session session = new Session(graph, ShownGpus.configuration());
          var result = session.runner().fetch(y).run()) {
        return Math.abs(((TFloat32) result.get(0)).getFloat() - EXPONENTIAL_OF_2) < 1e-3;
      }
    } catch (TensorFlowException | IllegalArgumentException | UnsupportedOperationException e) {
      LOG.warn("XLA is not available, steps run op by op: {}", e.getMessage());
      return false;
    }
  }

  /** A graph that contains only the function {@code y = exp(x)}. */
  private static GraphDef exponential() {
    FunctionDef.Builder function =
        FunctionDef.newBuilder()
            .setSignature(
                OpDef.newBuilder()
                    .setName(FUNCTION)
                    .addInputArg(argument("x"))
                    .addOutputArg(argument("y")))
            .addNodeDef(
                NodeDef.newBuilder()
                    .setName("power")
                    .setOp("Exp")
                    .addInput("x")
                    .putAttr("T", AttrValue.newBuilder().setType(DataType.DT_FLOAT).build()))
            .putRet("y", "power:y:0");
    GraphDef.Builder graph = GraphDef.newBuilder();
    graph.getLibraryBuilder().addFunction(function);
    return graph.build();
  }

  private static OpDef.ArgDef argument(String name) {
    return OpDef.ArgDef.newBuilder().setName(name).setType(DataType.DT_FLOAT).build();
  }
}
