// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.images;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.conditioned.BakedMember;
import org.hypernet4j.conditioned.OpenedMember;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.hyper.WeightTable;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.nn.Weights;
import org.hypernet4j.spec.SineImagesSpec;
import org.hypernet4j.zoo.SineNetwork;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** One image as an ordinary network of sines: coordinates in, grey values out. */
final class BakedSines {
  private static final int[] REFERENCE_BATCHES = {1, 7, 32};

  private BakedSines() {}

  static BakedMember of(OpenedMember model, float[] code) {
    SineImagesSpec spec = SineImages.spec(model.spec().model());
    SineNetwork sines = new SineNetwork(2, spec.hidden(), 1, (float) spec.frequency());
    WeightTable table = sines.weights();
    Map<String, NpyArray> made =
        model.call(
            SineImagesModel.WEIGHTS,
            Map.of(SineImagesModel.CODE, NpyArray.of(code, 1, code.length)));
    Map<String, float[]> values = new LinkedHashMap<>();
    table
        .shapes()
        .keySet()
        .forEach(
            name ->
                values.put(
                    name, Objects.requireNonNull(made.get(SineImagesModel.alias(name))).floats()));
    return new BakedMember("image", store -> build(store, sines), values, references(model, code));
  }

  private static List<ServingSignature> build(ParameterStore store, SineNetwork sines) {
    Weights weights = Weights.parameters(store.root(), sines.weights());
    Ops tf = store.root().child("inference").tf();
    Operand<TFloat32> places =
        tf.withName(SineImagesModel.COORDINATES)
            .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2)));
    Operand<TFloat32> values =
        tf.reshape(sines.apply(tf, weights, places), tf.constant(new long[] {-1}));
    return List.of(
        new ServingSignature(
            ServingSignature.DEFAULT_KEY,
            Map.of(SineImagesModel.COORDINATES, places),
            Map.of(SineImagesModel.VALUES, values)));
  }

  /** What the family's own network computes at some points. */
  private static List<ReferenceCase> references(OpenedMember model, float[] code) {
    List<ReferenceCase> cases = new ArrayList<>();
    for (int count : REFERENCE_BATCHES) {
      float[] places = new float[count * 2];
      for (int i = 0; i < places.length; i++) {
        places[i] = (float) Math.sin(i + 1.0);
      }
      float[] values =
          model.call(
              SineImagesModel.DECODE,
              Map.of(
                  SineImagesModel.CODE,
                  NpyArray.of(code, 1, code.length),
                  SineImagesModel.COORDINATES,
                  NpyArray.of(places, 1, count, 2)),
              SineImagesModel.VALUES);
      cases.add(
          new ReferenceCase(
              ServingSignature.DEFAULT_KEY,
              Map.of(SineImagesModel.COORDINATES, NpyArray.of(places, count, 2)),
              Map.of(SineImagesModel.VALUES, NpyArray.of(values, count))));
    }
    return cases;
  }
}
