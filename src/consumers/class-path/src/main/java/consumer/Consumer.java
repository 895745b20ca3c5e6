// SPDX-License-Identifier: Apache-2.0
package consumer;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.checkpoint.CheckpointFolder;
import org.hypernet4j.checkpoint.ParameterCheckpoint;
import org.hypernet4j.checkpoint.WeightMapping;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.ExportResult;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.graph.Role;
import org.hypernet4j.hyper.GeneratedKernels;
import org.hypernet4j.hyper.KernelShape;
import org.hypernet4j.hyper.TwoLayerLinearGenerator;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.nn.Dense;
import org.hypernet4j.optim.Adam;
import org.hypernet4j.optim.GradientClip;
import org.hypernet4j.optim.TrainOp;
import org.hypernet4j.predict.Predictor;
import org.hypernet4j.predict.TypedPredictor;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * What a project does that depends on the library: trains a dense layer with a generated kernel to
 * name the larger of eight inputs, saves and reads a checkpoint, exports and verifies the model,
 * and calls it by records. It fails where anything is missing from the library's jar or its
 * dependencies.
 */
public final class Consumer {
  private static final int UNITS = 8;
  private static final float[] EYE = new float[UNITS * UNITS];

  static {
    for (int i = 0; i < UNITS; i++) {
      EYE[i * (UNITS + 1)] = 1f;
    }
  }

  private Consumer() {}

  /** Prints one line; an exception ends the build that runs it. */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createTempDirectory("hypernet4j-consumer");
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 42L);
      Placeholder<TFloat32> x = input(store);
      Operand<TFloat32> logits = logits(store, x);
      Ops tf = store.root().tf();
      // TensorFlow has no gradient for this op in a graph: the library registers one.
      Operand<TFloat32> losses =
          tf.nn
              .sparseSoftmaxCrossEntropyWithLogits(logits, tf.math.argMax(x, tf.constant(1)))
              .loss();
      Operand<TFloat32> loss = tf.math.mean(losses, tf.constant(0));
      TrainOp train = new Adam(store, tf.constant(0.05f), GradientClip.none()).minimize(loss);
      store.initialize(session);
      float before = step(session, x, train, loss);
      for (int i = 0; i < 200; i++) {
        step(session, x, train, loss);
      }
      float after = step(session, x, train, loss);
      require(after < 0.5f * before, "the loss went from " + before + " to " + after);

      CheckpointFolder checkpoints = new CheckpointFolder(folder.resolve("checkpoints"), 2);
      checkpoints.save(
          ParameterCheckpoint.capture(session, store, 200, "{}", "none", new JsonObject()));
      ParameterCheckpoint.restore(session, store, checkpoints.latest().orElseThrow());
      require(!WeightMapping.read("pytorch-lstm").rules().isEmpty(), "no rules in a mapping");

      ServingSignature signature = signature(x, logits);
      ExportResult result =
          Exporter.export(
              new ExportRequest(
                  "consumer",
                  ExportRequest.GENERATED,
                  inference -> {
                    Placeholder<TFloat32> again = input(inference);
                    return List.of(signature(again, logits(inference, again)));
                  },
                  ParameterValues.read(session, store.model()),
                  List.of(
                      ReferenceCase.record(
                          session, signature, Map.of("x", NpyArray.of(EYE, UNITS, UNITS)))),
                  folder.resolve("models")));
      require(result.report().verified(), "not verified: " + result.report().faults());
      predict(result.versionFolder());
      System.out.printf(
          "consumer on Java %s, %s: loss %.3f to %.3f, exported, verified and called%n",
          Runtime.version().feature(),
          Objects.requireNonNullElse(Consumer.class.getModule().getName(), "class path"),
          before,
          after);
    }
  }

  /** What the model takes: eight numbers. */
  record Numbers(float[] x) {}

  /** What it answers. */
  record Scores(float[] logits) {}

  private static void predict(Path version) {
    try (Predictor model = Predictor.open(version)) {
      TypedPredictor<Numbers, Scores> typed = model.typed(Numbers.class, Scores.class);
      List<Numbers> rows = new ArrayList<>();
      for (int i = 0; i < UNITS; i++) {
        rows.add(new Numbers(Arrays.copyOfRange(EYE, i * UNITS, (i + 1) * UNITS)));
      }
      List<Scores> answers = typed.predict(rows);
      float[] all =
          Objects.requireNonNull(
                  model.predict(Map.of("x", NpyArray.of(EYE, UNITS, UNITS))).get("logits"))
              .floats();
      for (int i = 0; i < UNITS; i++) {
        require(
            Arrays.equals(
                answers.get(i).logits(), Arrays.copyOfRange(all, i * UNITS, (i + 1) * UNITS)),
            "row " + i + " differs");
      }
    }
  }

  private static Placeholder<TFloat32> input(ParameterStore store) {
    Ops tf = store.root().tf();
    return tf.withName("x").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, UNITS)));
  }

  private static Operand<TFloat32> logits(ParameterStore store, Operand<TFloat32> x) {
    ParameterScope root = store.root();
    KernelShape shape = KernelShape.dense(UNITS, UNITS);
    Map<String, Operand<TFloat32>> kernels =
        new GeneratedKernels(
                new TwoLayerLinearGenerator(
                    root.child("generator"), TwoLayerLinearGenerator.Settings.paper(shape, 8)))
            .add("kernel", shape)
            .build(root.child("embeddings"));
    Ops tf = root.tf();
    Operand<TFloat32> kernel =
        tf.reshape(kernels.get("kernel"), tf.constant(new int[] {UNITS, UNITS}));
    Operand<TFloat32> bias =
        root.child("dense").value("bias", Shape.of(UNITS), Initializers.zeros(), Role.BIAS);
    return Dense.apply(tf, x, kernel, bias);
  }

  private static ServingSignature signature(Operand<TFloat32> x, Operand<TFloat32> logits) {
    return new ServingSignature(
        ServingSignature.DEFAULT_KEY, Map.of("x", x), Map.of("logits", logits));
  }

  private static float step(
      Session session, Placeholder<TFloat32> x, TrainOp train, Operand<TFloat32> loss) {
    try (Feeds feeds = new Feeds().floats(x, Shape.of(UNITS, UNITS), EYE);
        Result result = feeds.into(session.runner()).addTarget(train.update()).fetch(loss).run()) {
      return ((TFloat32) result.get(0)).getFloat();
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
