// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.examples;

import java.nio.file.Path;
import org.hypernet4j.cell.HyperLstmCell;
import org.hypernet4j.cell.HyperLstmState;
import org.hypernet4j.cell.LstmCell;
import org.hypernet4j.cell.LstmState;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.ExportResult;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.export.verify.LoadedModel;
import org.hypernet4j.export.verify.Verifier;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.hypernet4j.hyper.GeneratedKernels;
import org.hypernet4j.hyper.KernelShape;
import org.hypernet4j.hyper.TwoLayerLinearGenerator;
import org.hypernet4j.hyper.WeightGenerator;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.nn.Dense;
import org.hypernet4j.nn.Network;
import org.hypernet4j.train.Examples;
import org.hypernet4j.train.Learner;
import org.hypernet4j.train.PlainProgress;
import org.hypernet4j.train.SessionOptions;
import org.hypernet4j.unroll.Scan;
import org.hypernet4j.unroll.ScanOptions;
import org.tensorflow.Operand;
import org.tensorflow.framework.losses.MeanSquaredError;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The third example of the README: from a CSV file to a served model; {@link WavesTest} runs it.
 */
final class Waves {
  private Waves() {}

  // README example begins
  /** Reads a series, {@code [batch, time]}, value by value, and predicts the next, [batch, 1]. */
  static Network network(ParameterScope scope) {
    HyperLstmCell<LstmState> cell =
        HyperLstmCell.withLstm(
            scope.child("cell"),
            HyperLstmCell.Settings.paper(1, 16, 4, 1e-3f), // inputs, units, N_z, LN epsilon
            LstmCell.Settings.of(1 + 16, 8).withLayerNorm(1e-3f));
    KernelShape shape = KernelShape.dense(16, 1); // of the layer above it, made by a generator
    WeightGenerator generator =
        new TwoLayerLinearGenerator(
            scope.child("generator"), TwoLayerLinearGenerator.Settings.paper(shape, 4));
    Operand<TFloat32> kernel =
        new GeneratedKernels(generator)
            .add("out", shape)
            .build(scope.child("embeddings"))
            .get("out");
    Operand<TFloat32> bias =
        scope.child("out").value("bias", Shape.of(1), Initializers.zeros(), Role.BIAS);
    return (tf, x, step) -> {
      Operand<TFloat32> xs = // [time, batch, 1]
          tf.expandDims(tf.linalg.transpose(x, tf.constant(new int[] {1, 0})), tf.constant(2));
      Operand<TInt32> batch = tf.squeeze(tf.shape.size(x, tf.constant(0)));
      HyperLstmState<LstmState> zero = cell.zeroState(tf, batch);
      ScanOptions options = step == null ? ScanOptions.inference() : ScanOptions.training();
      Operand<TFloat32> last = Scan.run(tf, cell, xs, zero, options).finalState().h();
      return Dense.apply(tf, last, tf.reshape(kernel, tf.constant(new int[] {16, 1})), bias);
    };
  }

  /** A training in a folder: new, or that which was stopped there. */
  static Learner open(Examples.Split data, Path run) {
    Learner.Settings settings =
        Learner.Settings.defaults()
            .withLearningRate(0.01)
            .withEvaluateEvery(30)
            .withSession(new SessionOptions(1, true)); // equal to the last bit, stopped or not
    return new Learner(Waves::network, new MeanSquaredError()::call, data, settings, run);
  }

  static NpyArray example(Path csv, Path run, Path models) {
    Examples.Split data = Examples.readCsv(csv, 1).split(0.8, 1L); // the last column is the target
    try (Learner learner = open(data, run)) {
      learner.fit(60); // leaves checkpoints and metrics in the folder
    }
    ExportResult exported;
    try (Learner learner = open(data, run)) { // in another process, for example
      learner.fit(120, new PlainProgress(System.out)); // steps 61 to 120
      learner.useBest();
      NpyArray inputs = data.validation().slice(0, 5).inputs();
      NpyArray outputs = learner.predict(inputs);
      exported =
          Exporter.export(
              ExportRequest.of("waves", Waves::network, learner.values(), inputs, outputs, models));
    }
    Verifier.verify(exported.versionFolder()); // the export did so, in a JVM of its own
    try (LoadedModel model = LoadedModel.open(exported.versionFolder())) {
      return model.predict(data.validation().inputs());
    }
  }
  // README example ends
}
