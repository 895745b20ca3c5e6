// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.pruning;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.conditioned.BakedMember;
import org.hypernet4j.conditioned.OpenedMember;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.nn.Weights;
import org.hypernet4j.spec.PruningSpec;
import org.hypernet4j.zoo.ConvNetwork;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The net of one pair of widths as an ordinary one: its tensors are as small as its widths. */
final class BakedNet {
  private static final int[] REFERENCE_BATCHES = {1, 7, 32};

  private BakedNet() {}

  /**
   * Crops the generated weights.
   *
   * @param images for the outputs that the small net must reproduce
   */
  static BakedMember of(OpenedMember model, Widths widths, LabeledImages images) {
    PruningSpec design = Pruning.spec(model.spec().model());
    ConvNetwork small =
        PruningModel.net(List.of(widths.first(), widths.second()), design.kernelSize());
    ConvNetwork full = PruningModel.net(design.filters(), design.kernelSize());
    Map<String, NpyArray> made =
        model.call(
            PruningModel.WEIGHTS,
            Map.of(PruningModel.WIDTHS, NpyArray.of(widths.numbers(), widths.numbers().length)));
    Map<String, float[]> values = new LinkedHashMap<>();
    small
        .weights()
        .shapes()
        .forEach(
            (name, weight) -> {
              NpyArray all = Objects.requireNonNull(made.get(PruningModel.alias(name)), name);
              boolean flat = name.equals("dense0/kernel");
              values.put(
                  name,
                  flat
                      // rows are (position, channel): the channels of each position are cropped
                      ? cropped(
                          all.floats(),
                          byPosition(full, design.filters().get(1)),
                          byPosition(small, widths.second()))
                      : cropped(all.floats(), all.shape(), weight.shape().asArray()));
            });
    return new BakedMember(
        widths.first() + "-" + widths.second(),
        store -> build(store, small),
        values,
        references(model, widths, images));
  }

  /** {@code [positions, channels, outputs]} of the dense kernel. */
  private static long[] byPosition(ConvNetwork net, int channels) {
    Shape kernel = Objects.requireNonNull(net.weights().shapes().get("dense0/kernel")).shape();
    return new long[] {kernel.get(0) / channels, channels, kernel.get(1)};
  }

  /** The leading entries along every axis of a row-major array. */
  static float[] cropped(float[] values, long[] from, long[] to) {
    int count = Math.toIntExact(Shape.of(to).size());
    float[] kept = new float[count];
    for (int i = 0; i < count; i++) {
      long rest = i;
      long place = 0;
      long stride = 1;
      for (int axis = to.length - 1; axis >= 0; axis--) {
        place += rest % to[axis] * stride;
        rest /= to[axis];
        stride *= from[axis];
      }
      kept[i] = values[Math.toIntExact(place)];
    }
    return kept;
  }

  private static List<ServingSignature> build(ParameterStore store, ConvNetwork net) {
    Weights weights = Weights.parameters(store.root(), net.weights());
    Ops tf = store.root().child("inference").tf();
    Operand<TFloat32> image = PruningModel.image(tf);
    Operand<TFloat32> logits = net.apply(tf, weights, image);
    return List.of(
        new ServingSignature(
            ServingSignature.DEFAULT_KEY,
            Map.of(PruningModel.IMAGE, image),
            PruningModel.outputs(tf, logits, tf.math.argMax(logits, tf.constant(1)))));
  }

  /** What the family's own net computes for some images. */
  private static List<ReferenceCase> references(
      OpenedMember model, Widths widths, LabeledImages images) {
    List<ReferenceCase> cases = new ArrayList<>();
    for (int count : REFERENCE_BATCHES) {
      Map<String, NpyArray> inputs = Pruning.inputs(images, 0, count, i -> widths);
      Map<String, NpyArray> outputs = model.call(ServingSignature.DEFAULT_KEY, inputs);
      cases.add(
          new ReferenceCase(
              ServingSignature.DEFAULT_KEY,
              Map.of(PruningModel.IMAGE, Objects.requireNonNull(inputs.get(PruningModel.IMAGE))),
              outputs));
    }
    return cases;
  }
}
