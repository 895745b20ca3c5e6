// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.rotation;

import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.hypernet4j.build.SpecNetworks;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.hyper.Condition;
import org.hypernet4j.hyper.Hypernetwork;
import org.hypernet4j.nn.Weights;
import org.hypernet4j.spec.GeneratorSpec;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.spec.NetworkSpec;
import org.hypernet4j.spec.RotationsSpec;
import org.hypernet4j.spec.ZeroShotSpec;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/** Networks for turned images, all of whose weights are made from cosine and sine of the angle. */
public final class ZeroShot extends RotationMember {
  /** Cosine and sine have a mean square of 1 / 2, generators expect 1. */
  static final float SCALE = (float) Math.sqrt(2);

  /** Of two angles that are equally near the first of the list is taken, whatever the rounding. */
  private static final float PREFERENCE = 1e-5f;

  @Override
  public Class<? extends ModelSpec> model() {
    return ZeroShotSpec.class;
  }

  @Override
  RotationsSpec rotations(ModelSpec model) {
    return ((ZeroShotSpec) model).rotations();
  }

  @Override
  NetworkSpec networkSpec(ModelSpec model) {
    return ((ZeroShotSpec) model).network();
  }

  @Override
  Built network(ParameterStore store, ModelSpec model, Map<String, float[]> base) {
    ZeroShotSpec spec = (ZeroShotSpec) model;
    boolean separate = spec.generator() instanceof GeneratorSpec.Separate;
    List<Double> angles = spec.rotations().seen();
    Hypernetwork hypernetwork =
        SpecNetworks.hypernetwork(
            store.root(),
            RotatedNetwork.table(spec.network()),
            spec.generator(),
            separate ? angles.size() : Descriptor.SIZE);
    BiFunction<Ops, Operand<TFloat32>, Weights> source =
        (tf, descriptors) ->
            Weights.of(
                hypernetwork.generate(
                    tf,
                    Condition.of(
                        separate
                            ? nearest(tf, descriptors, angles)
                            : tf.math.mul(descriptors, tf.constant(SCALE)))));
    return new Built(RotatedNetwork.of(spec.network(), source), List.of());
  }

  /**
   * The angle of a list that is nearest to a descriptor.
   *
   * @param descriptors {@code [2]} or {@code [rows, 2]}
   * @return one-hot, {@code [angles]} or {@code [rows, angles]}
   */
  static Operand<TFloat32> nearest(Ops tf, Operand<TFloat32> descriptors, List<Double> angles) {
    float[] preference = new float[angles.size()];
    for (int i = 0; i < preference.length; i++) {
      preference[i] = -PREFERENCE * i;
    }
    Operand<TFloat32> known =
        tf.reshape(
            tf.constant(Descriptor.flat(angles.stream().map(Descriptor::ofDegrees).toList())),
            tf.constant(new long[] {angles.size(), Descriptor.SIZE}));
    boolean rows = descriptors.shape().numDimensions() == 2;
    Operand<TFloat32> all = tf.reshape(descriptors, tf.constant(new long[] {-1, Descriptor.SIZE}));
    Operand<TFloat32> likeness =
        tf.math.add(tf.linalg.matMul(all, known, MatMul.transposeB(true)), tf.constant(preference));
    Operand<TFloat32> chosen =
        tf.oneHot(
            tf.math.argMax(likeness, tf.constant(1)),
            tf.constant(angles.size()),
            tf.constant(1f),
            tf.constant(0f));
    long[] sizes =
        rows ? new long[] {descriptors.shape().get(0), angles.size()} : new long[] {angles.size()};
    return tf.reshape(chosen, tf.constant(sizes));
  }
}
