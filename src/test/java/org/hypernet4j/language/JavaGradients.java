// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.hypernet4j.build.SpecModels;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.Npz;
import org.hypernet4j.zoo.LanguageModel;
import org.hypernet4j.zoo.TrainingStep;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * Gradients that training takes, at the exported values: Python holds those that it takes through
 * the exported signature against them.
 *
 * <p>The loss is half the sum of the squared logits at the first reference case. The file is {@code
 * NAME-gradients.npz} beside the model's own folder: array names are parameter names.
 */
public final class JavaGradients {
  /** What reads an input: its placeholder and what comes of it. */
  private record Reader(Operand<?> input, Operand<TFloat32> logits) {}

  private JavaGradients() {}

  /** Of an image classifier in the form that the request exports. */
  public static void ofClassifier(ExportRequest request) {
    write(
        request,
        store -> {
          ServingSignature signature = request.graph().build(store).get(0);
          return new Reader(
              Objects.requireNonNull(signature.inputs().get("image")),
              floats(Objects.requireNonNull(signature.outputs().get("logits"))));
        });
  }

  /** Of a language model as training reads it, which is another graph than the exported one. */
  static void ofLanguageModel(SmallLanguageModel trained, ExportRequest request) {
    write(
        request,
        store -> {
          LanguageModel model = SpecModels.languageModel(store.root(), trained.spec);
          Ops tf = store.root().child("gradient").tf();
          Operand<TInt32> ids = tf.placeholder(TInt32.class); // [B, T]
          Operand<TInt32> timeMajor = tf.linalg.transpose(ids, tf.constant(new int[] {1, 0}));
          Operand<TInt32> known = tf.ensureShape(timeMajor, Shape.of(-1, -1));
          Operand<TInt32> batch = tf.gather(tf.shape(ids), tf.constant(0), tf.constant(0));
          Operand<TInt64> step = tf.constant(0L);
          return new Reader(
              ids,
              model
                  .logits(tf, known, model.zeroState(tf, batch), null, new TrainingStep(1, step))
                  .logits());
        });
  }

  @SuppressWarnings("unchecked")
  private static Operand<TFloat32> floats(Operand<?> operand) {
    if (operand.type() != TFloat32.class) {
      throw new IllegalArgumentException("logits of type " + operand.type());
    }
    return (Operand<TFloat32>) operand;
  }

  private static void write(ExportRequest request, Function<ParameterStore, Reader> graphOf) {
    ReferenceCase first = request.references().get(0);
    NpyArray input = first.inputs().values().iterator().next();
    try (Graph graph = new Graph();
        Session session = new Session(graph);
        Feeds feeds = new Feeds()) {
      ParameterStore store = new ParameterStore(graph, 1);
      Reader reader = graphOf.apply(store);
      Ops tf = store.root().child("loss").tf();
      Operand<TFloat32> squares =
          tf.reshape(tf.math.square(reader.logits), tf.constant(new int[] {-1}));
      Operand<TFloat32> loss =
          tf.math.mul(tf.constant(0.5f), tf.reduceSum(squares, tf.constant(0)));
      Map<Parameter, Operand<TFloat32>> gradients = Gradients.of(loss, store.trainables());
      store.initialize(session);
      ParameterValues.assign(session, store, request.values());
      feed(feeds, reader.input, input);
      Path file = request.baseFolder().resolveSibling(request.modelName() + "-gradients.npz");
      Npz.write(file, fetched(feeds.into(session.runner()), gradients));
    }
  }

  @SuppressWarnings("unchecked")
  private static void feed(Feeds feeds, Operand<?> target, NpyArray values) {
    Shape shape = Shape.of(values.shape());
    if (target.type() == TInt32.class) {
      feeds.ints((Operand<TInt32>) target, shape, values.ints());
    } else {
      feeds.floats(floats(target), shape, values.floats());
    }
  }

  private static Map<String, NpyArray> fetched(
      Session.Runner runner, Map<Parameter, Operand<TFloat32>> gradients) {
    List<Parameter> parameters = new ArrayList<>(gradients.keySet());
    gradients.values().forEach(runner::fetch);
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    try (Result result = runner.run()) {
      for (int i = 0; i < parameters.size(); i++) {
        TFloat32 tensor = (TFloat32) result.get(i);
        float[] values = new float[Math.toIntExact(tensor.size())];
        tensor.asRawTensor().data().asFloats().read(values);
        arrays.put(
            parameters.get(i).name(), NpyArray.of(values, parameters.get(i).shape().asArray()));
      }
    }
    return arrays;
  }
}
