// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.VerificationReport;
import org.hypernet4j.export.savedmodel.AssignedVariables;
import org.hypernet4j.export.savedmodel.GraphNodes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.SessionFunction;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.op.core.Variable;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.types.TFloat32;

/** Models that others exported are looked at as far as they go, and told what they lack. */
class ForeignModelTest {
  private static final Path RESOURCES = Path.of("src/test/resources/export");
  private static final String NOT_OURS =
      "not written by this library: no manifest, no reference outputs to compare with, no warm-up"
          + " requests";

  @TempDir Path folder;

  @Test
  void aTrainingGraphOfTensorFlow1() {
    VerificationReport report = FreshJvm.verify(RESOURCES.resolve("python-tf1"));

    assertThat(report.faults())
        .extracting(Fault::toString)
        .containsExactly(
            "foreign-placeholder: signature 'serving_default', output 'loss' depends on the"
                + " placeholder 'label', which is not an input of the signature");
    // what no signature reaches, and what only a server that batches needs, is no fault
    assertThat(report.notes())
        .containsExactlyInAnyOrder(
            NOT_OURS,
            "the graph is that of the training, with the optimizer, which no signature runs:"
                + " 'GradientDescent/update_w/ApplyGradientDescent'",
            "signature 'serving_default', output 'loss' has the shape [],"
                + " batching needs [-1, ...]: axis 0 the batch, of unknown size");
    assertThat(report.timings().load()).isPositive();
  }

  @Test
  void aModuleOfTensorFlow2LacksOnlyWhatProvesIt() throws IOException {
    VerificationReport report = FreshJvm.verify(RESOURCES.resolve("python-tf2"));

    assertThat(report.faults()).isEmpty();
    assertThat(report.verified()).isTrue();
    assertThat(report.notes()).containsExactly(NOT_OURS);
    // the restore op is in a function, the keys are paths of objects
    GraphDef graph =
        SavedModel.parseFrom(Files.readAllBytes(RESOURCES.resolve("python-tf2/saved_model.pb")))
            .getMetaGraphs(0)
            .getGraphDef();
    assertThat(AssignedVariables.by(GraphNodes.of(graph), "StatefulPartitionedCall_2"))
        .isEqualTo(
            Map.of(
                "w", new AssignedVariables.Source("w/.ATTRIBUTES/VARIABLE_VALUE"),
                "steps", new AssignedVariables.Source("steps/.ATTRIBUTES/VARIABLE_VALUE")));
  }

  @Test
  void theStockExporterOfTensorFlowJava() throws IOException {
    Path model = folder.resolve("1");
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> x =
          tf.withName("x").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2)));
      Variable<TFloat32> w = tf.withName("w").variable(Shape.of(2, 3), TFloat32.class);
      Operand<TFloat32> assign = tf.assign(w, tf.constant(new float[2][3]));
      // the stock saver knows the older kind of variable only
      VarHandleOp b = tf.withName("b").varHandleOp(TFloat32.class, Shape.of(3));
      Operand<TFloat32> y =
          tf.math.add(tf.linalg.matMul(x, w), tf.readVariableOp(b, TFloat32.class));
      session.runner().addTarget(assign.op()).run().close();
      Signature signature =
          Signature.builder("serving_default").input("x", x).output("y", y).build();
      SavedModelBundle.exporter(model.toString())
          .withFunction(SessionFunction.create(signature, session))
          .export();
    }

    assertThat(FreshJvm.verify(model).faults())
        .extracting(Fault::toString)
        .containsExactlyInAnyOrder(
            "variable: 'b' is not restored when the model loads",
            "variable: 'b' is not in the collection 'variables': Python cannot see it",
            "variable: 'w' is not in the collection 'variables': Python cannot see it",
            "signature: signature 'serving_default' has the method name 'serving_default',"
                + " servers expect 'tensorflow/serving/predict'");
  }
}
