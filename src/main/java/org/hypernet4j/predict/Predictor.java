// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.hypernet4j.export.ModelTrust;
import org.hypernet4j.export.savedmodel.ModelEntries;
import org.hypernet4j.export.verify.LoadedModel;
import org.hypernet4j.export.verify.OutputTensors;
import org.hypernet4j.io.NpyArray;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Tensor;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/**
 * One exported model, ready for calls.
 *
 * <pre>{@code
 * record Digit(float[] image) {}
 * record Answer(float[] probabilities, @Named("class") long digit) {}
 *
 * try (Predictor model = Predictor.open(Path.of("export/models/digits/1"))) {
 *   TypedPredictor<Digit, Answer> digits = model.typed(Digit.class, Answer.class);
 *   Answer answer = digits.predict(new Digit(pixels));
 *   Map<String, NpyArray> arrays =
 *       model.predict(Map.of("image", NpyArray.of(pixels, 1, 28, 28, 1)));
 * }
 * }</pre>
 *
 * <p>For any number of threads: none waits for another. What does not fit the signature is refused
 * before it reaches TensorFlow; an error of the graph itself, an id out of its range for example,
 * is TensorFlow's {@link org.tensorflow.exceptions.TensorFlowException}. Each call is an event
 * {@code org.hypernet4j.Prediction} of Java Flight Recorder.
 */
public final class Predictor implements Servable {
  private final LoadedModel model;
  private final ModelDescription description;

  private Predictor(Path folder, LoadedModel model) {
    this.model = model;
    description = describe(folder, model.session().model());
  }

  /**
   * Loads a model of whose author nothing is known.
   *
   * @param folder of one version, with {@code saved_model.pb} in it
   * @throws org.hypernet4j.error.UserError as {@link LoadedModel#open(Path)}
   */
  public static Predictor open(Path folder) {
    return open(folder, ModelTrust.NONE);
  }

  /** As {@link #open(Path)}, for a model whose author is trusted, or trusted with some ops. */
  public static Predictor open(Path folder, ModelTrust trust) {
    return new Predictor(folder, LoadedModel.open(folder, trust));
  }

  private static ModelDescription describe(Path folder, MetaGraphDef model) {
    Map<String, SignatureDescription> signatures = new LinkedHashMap<>();
    ModelEntries.signatures(model)
        .forEach(
            (key, signature) ->
                signatures.put(
                    key,
                    new SignatureDescription(
                        key,
                        describe(signature.getInputsMap()),
                        describe(signature.getOutputsMap()))));
    Path full = folder.toAbsolutePath().normalize();
    String last = name(full);
    Path base = full.getParent();
    boolean numbered = last.matches("[0-9]{1,18}") && base != null && base.getNameCount() > 0;
    return new ModelDescription(
        numbered ? name(base) : last, numbered ? Long.parseLong(last) : 0, signatures);
  }

  private static String name(@Nullable Path folder) {
    Path last = folder == null ? null : folder.getFileName();
    return String.valueOf(last == null ? folder : last);
  }

  private static Map<String, TensorDescription> describe(Map<String, TensorInfo> tensors) {
    Map<String, TensorDescription> described = new LinkedHashMap<>();
    tensors.forEach(
        (name, info) -> {
          TensorShapeProto shape = info.getTensorShape();
          long[] sizes =
              shape.getDimList().stream().mapToLong(TensorShapeProto.Dim::getSize).toArray();
          boolean open = shape.getUnknownRank();
          described.put(name, new TensorDescription(info.getDtype(), open ? null : sizes));
        });
    return described;
  }

  @Override
  public ModelDescription description() {
    return description;
  }

  /** The model below, for calls by tensors. */
  public LoadedModel model() {
    return model;
  }

  @Override
  public Map<String, NpyArray> predict(String signature, Map<String, NpyArray> inputs) {
    return recorded(signature, arrayRows(inputs), () -> model.call(signature, inputs));
  }

  @Override
  public Map<String, NpyArray> predict(
      String signature, Map<String, NpyArray> inputs, Collection<String> wanted) {
    return recorded(signature, arrayRows(inputs), () -> model.call(signature, inputs, wanted));
  }

  /**
   * As {@link #predict(String, Map)} with tensors, of texts too.
   *
   * @param inputs tensors by the names of the signature, all of them, which stay the caller's
   * @return all outputs, which the caller closes
   */
  public OutputTensors predictTensors(String signature, Map<String, ? extends Tensor> inputs) {
    SignatureDescription called = description.signatures().get(signature);
    return predictTensors(
        signature, inputs, called == null ? List.of() : called.outputs().keySet());
  }

  /** As {@link #predictTensors(String, Map)}, for some of the outputs. */
  public OutputTensors predictTensors(
      String signature, Map<String, ? extends Tensor> inputs, Collection<String> wanted) {
    return recorded(
        signature, tensorRows(inputs), () -> model.callTensors(signature, inputs, wanted));
  }

  private <T> T recorded(String signature, LongSupplier rows, Supplier<T> call) {
    PredictionEvent event = new PredictionEvent();
    if (!event.isEnabled()) {
      return call.get();
    }
    long called = rows.getAsLong(); // before the call, which may end with the tensors closed
    Throwable error = null;
    event.begin();
    try {
      return call.get();
    } catch (RuntimeException | Error e) {
      error = e;
      throw e;
    } finally {
      event.end(description, signature, called, error);
    }
  }

  private static LongSupplier arrayRows(Map<String, NpyArray> inputs) {
    return () -> inputs.isEmpty() ? 0 : rows(inputs.values().iterator().next().shape());
  }

  private static LongSupplier tensorRows(Map<String, ? extends Tensor> inputs) {
    return () -> inputs.isEmpty() ? 0 : rows(inputs.values().iterator().next().shape().asArray());
  }

  private static long rows(long @Nullable [] shape) {
    return shape == null || shape.length == 0 ? 1 : shape[0];
  }

  @Override
  public void close() {
    model.close();
  }
}
