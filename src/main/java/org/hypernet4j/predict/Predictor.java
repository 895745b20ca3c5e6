// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.hypernet4j.export.ModelTrust;
import org.hypernet4j.export.savedmodel.ModelEntries;
import org.hypernet4j.export.verify.LoadedModel;
import org.hypernet4j.io.NpyArray;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/**
 * One exported model, ready for calls.
 *
 * <pre>{@code
 * try (Predictor digits = Predictor.open(Path.of("export/models/digits/1"))) {
 *   Map<String, NpyArray> answer =
 *       digits.predict(Map.of("image", NpyArray.of(pixels, 1, 28, 28, 1)));
 *   float[] probabilities = answer.get("probabilities").floats();
 * }
 * }</pre>
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
    String last = full.getFileName().toString();
    boolean numbered = last.matches("[0-9]{1,18}") && full.getNameCount() > 1;
    return new ModelDescription(
        numbered ? full.getParent().getFileName().toString() : last,
        numbered ? Long.parseLong(last) : 0,
        signatures);
  }

  private static Map<String, TensorDescription> describe(Map<String, TensorInfo> tensors) {
    Map<String, TensorDescription> described = new LinkedHashMap<>();
    tensors.forEach(
        (name, info) -> {
          TensorShapeProto shape = info.getTensorShape();
          described.put(
              name,
              new TensorDescription(
                  info.getDtype(),
                  shape.getUnknownRank()
                      ? null
                      : shape.getDimList().stream()
                          .mapToLong(TensorShapeProto.Dim::getSize)
                          .toArray()));
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
    return model.call(signature, inputs);
  }

  @Override
  public void close() {
    model.close();
  }
}
