// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.util.List;
import java.util.Map;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Role;
import org.hypernet4j.hyper.ChunkedKernels;
import org.hypernet4j.hyper.GeneratedKernels;
import org.hypernet4j.hyper.KernelShape;
import org.hypernet4j.hyper.LowRankGenerator;
import org.hypernet4j.hyper.TargetVariance;
import org.hypernet4j.hyper.TaskEmbeddings;
import org.hypernet4j.hyper.TwoLayerLinearGenerator;
import org.hypernet4j.nn.BatchNorm;
import org.hypernet4j.nn.Conv2d;
import org.hypernet4j.nn.Dense;
import org.hypernet4j.nn.Dropout;
import org.hypernet4j.nn.PerExampleConv2d;
import org.hypernet4j.nn.PerExampleDense;
import org.hypernet4j.optim.Adam;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Generators and layers in odd ways. */
final class MisuseOfLayers {
  private MisuseOfLayers() {}

  static void hyper(Map<String, MisuseCases.Case> c) {
    c.put("kernel-zero", w -> KernelShape.dense(0, 1));
    c.put("kernel-overflow", w -> new KernelShape(1 << 30, 1 << 30, 1 << 30, 1 << 30));
    c.put(
        "generated-65536",
        w ->
            new GeneratedKernels(w.generator())
                .add("a", KernelShape.dense(65_536, 65_536))
                .build(w.store.root().child("e")));
    c.put(
        "generated-max",
        w ->
            new GeneratedKernels(w.generator())
                .add("a", KernelShape.dense(Integer.MAX_VALUE - 1, Integer.MAX_VALUE - 1)));
    c.put(
        "generated-empty",
        w -> new GeneratedKernels(w.generator()).build(w.store.root().child("e")));
    c.put(
        "generated-odd-name",
        w ->
            new GeneratedKernels(w.generator())
                .add("a b", KernelShape.dense(2, 2))
                .build(w.store.root().child("e")));
    c.put(
        "generated-foreign-z",
        w ->
            new GeneratedKernels(w.generator())
                .add("a", KernelShape.dense(2, 2))
                .build(w.tf, w.other.root().tf().constant(new float[1][4])));
    c.put(
        "generated-per-example-huge",
        w ->
            new GeneratedKernels(w.generator())
                .add("a", KernelShape.dense(2, 2))
                .buildPerExample(w.tf, w.input(1L << 30, 1, 4)));
    c.put(
        "generated-per-example-empty",
        w -> {
          var z = w.input(-1, 1, 4);
          w.run(
              new GeneratedKernels(w.generator())
                  .add("a", KernelShape.dense(2, 2))
                  .buildPerExample(w.tf, z)
                  .values()
                  .iterator()
                  .next(),
              new Feeds().floats(z, Shape.of(0, 1, 4)));
        });
    c.put(
        "generator-nan-variance",
        w -> new LowRankGenerator.Settings(KernelShape.dense(2, 2), 1, 1, Double.NaN));
    c.put(
        "generator-huge-embedding",
        w ->
            new TwoLayerLinearGenerator(
                w.store.root().child("h"),
                TwoLayerLinearGenerator.Settings.paper(
                    KernelShape.dense(8, 8), Integer.MAX_VALUE)));
    c.put(
        "chunks-huge",
        w ->
            new ChunkedKernels(Integer.MAX_VALUE, 1, List.of(), TargetVariance.XAVIER)
                .build(w.store.root(), Map.of("a", KernelShape.dense(2, 2))));
    c.put(
        "tasks-huge",
        w ->
            new TaskEmbeddings(
                w.store.root().child("t"),
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                Initializers.ones()));
  }

  static void layers(Map<String, MisuseCases.Case> c) {
    for (boolean max : List.of(true, false)) {
      c.put("empty-batch-pool-" + max, w -> image(w, max, Shape.of(0, 8, 8, 1)));
      c.put("empty-image-pool-" + max, w -> image(w, max, Shape.of(2, 0, 0, 1)));
    }
    c.put("pool-one-pixel", w -> Conv2d.maxPool2(w.tf, w.zeros(1, 1, 1, 1)));
    c.put("conv-stride-zero", w -> Conv2d.apply(w.tf, w.zeros(1, 4, 4, 1), w.zeros(3, 3, 1, 1), 0));
    c.put(
        "conv-foreign-kernel",
        w ->
            Conv2d.apply(
                w.tf, w.zeros(1, 4, 4, 1), w.other.root().tf().constant(new float[1][1][1][1]), 1));
    c.put("conv-rank", w -> Conv2d.apply(w.tf, w.zeros(4), w.zeros(3, 3, 1, 1), 1));
    c.put(
        "conv-unknown-rank",
        w -> Conv2d.apply(w.tf, w.tf.placeholder(TFloat32.class), w.zeros(3, 3, 1, 1), 1));
    c.put("dense-foreign", w -> Dense.apply(w.tf, w.zeros(1, 3), w.foreign.value(), w.zeros(2)));
    c.put("dense-vector-kernel", w -> Dense.apply(w.tf, w.zeros(1, 3), w.zeros(3), w.zeros(2)));
    c.put(
        "dense-unknown-kernel",
        w -> Dense.apply(w.tf, w.zeros(1, 3), w.tf.placeholder(TFloat32.class), w.zeros(2)));
    c.put(
        "per-example-unknown",
        w ->
            PerExampleDense.apply(
                w.tf, w.tf.placeholder(TFloat32.class), w.tf.placeholder(TFloat32.class)));
    c.put(
        "per-example-conv-huge",
        w ->
            PerExampleConv2d.apply(
                w.tf, w.input(1 << 20, 64, 64, 1), w.input(1 << 20, 3, 3, 1, 1), 1));
    c.put(
        "per-example-conv-stride",
        w -> PerExampleConv2d.apply(w.tf, w.input(1, 4, 4, 1), w.input(1, 3, 3, 1, 1), -1));
    c.put("batch-norm-zero", w -> new BatchNorm(w.store.root().child("bn"), 0));
    c.put("dropout-nan", w -> new Dropout(Float.NaN, 1, "d"));
  }

  private static void image(MisuseWorld w, boolean max, Shape fed) {
    Placeholder<TFloat32> x = w.input(-1, -1, -1, 1);
    var kernel =
        w.store.root().value("k", Shape.of(3, 3, 1, 2), Initializers.glorotUniform(), Role.KERNEL);
    var y = Conv2d.apply(w.tf, x, kernel, 1);
    Operand<TFloat32> pooled = max ? Conv2d.maxPool2(w.tf, y) : Conv2d.averagePool2(w.tf, y);
    var step = new Adam(w.store, w.rate, w.none).minimize(w.tf.math.add(w.loss(), w.sum(pooled)));
    w.run(step.globalNorm(), new Feeds().floats(x, fed));
  }
}
