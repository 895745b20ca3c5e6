// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.hypernet4j.cell.BasicRnnCell;
import org.hypernet4j.cell.DropoutCell;
import org.hypernet4j.cell.LearnedState;
import org.hypernet4j.cell.LstmCell;
import org.hypernet4j.cell.ResidualCell;
import org.hypernet4j.cell.StackedCell;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.optim.Adam;
import org.hypernet4j.optim.GradientClip;
import org.hypernet4j.optim.GradientDescent;
import org.hypernet4j.optim.Momentum;
import org.hypernet4j.optim.RmsProp;
import org.hypernet4j.optim.WeightDecay;
import org.hypernet4j.unroll.Bidirectional;
import org.hypernet4j.unroll.Scan;
import org.hypernet4j.unroll.ScanOptions;
import org.hypernet4j.unroll.StaticUnroll;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Cells, scans and optimizers in odd ways. */
final class MisuseOfTraining {
  private MisuseOfTraining() {}

  static void recurrent(Map<String, MisuseCases.Case> c) {
    c.put(
        "scan-foreign-xs",
        w -> {
          LstmCell l = w.lstm();
          Operand<TFloat32> xs = w.other.root().tf().constant(new float[2][2][3]);
          Scan.run(w.tf, l, xs, w.state(l, 2), ScanOptions.training());
        });
    c.put(
        "scan-foreign-ops",
        w -> {
          LstmCell l = w.lstm();
          Scan.run(w.other.root().tf(), l, w.zeros(2, 2, 3), w.state(l, 2), ScanOptions.training());
        });
    c.put(
        "scan-lengths-negative",
        w -> scan(w, ScanOptions.training().withLengths(w.tf.constant(new int[] {-5, 1 << 30}))));
    c.put(
        "scan-lengths-short",
        w -> scan(w, ScanOptions.training().withLengths(w.tf.constant(new int[] {1}))));
    c.put(
        "scan-lengths-foreign",
        w ->
            scan(
                w,
                ScanOptions.training()
                    .withLengths(w.other.root().tf().constant(new int[] {1, 1}))));
    c.put(
        "scan-masks-many", w -> scan(w, ScanOptions.training().withMasks(List.of(w.rate, w.rate))));
    c.put(
        "scan-state-batch",
        w -> {
          LstmCell l = w.lstm();
          w.run(
              Scan.run(w.tf, l, w.zeros(2, 2, 3), w.state(l, 3), ScanOptions.training()).outputs(),
              new Feeds());
        });
    c.put(
        "scan-empty-time",
        w -> {
          LstmCell l = w.lstm();
          w.run(
              Scan.run(w.tf, l, w.zeros(0, 2, 3), w.state(l, 2), ScanOptions.training()).outputs(),
              new Feeds());
        });
    c.put(
        "scan-empty-batch",
        w -> {
          LstmCell l = w.lstm();
          w.run(
              Scan.run(w.tf, l, w.zeros(2, 0, 3), w.state(l, 0), ScanOptions.training()).outputs(),
              new Feeds());
        });
    c.put(
        "cell-twice-in-scope",
        w -> {
          w.lstm();
          w.lstm();
        });
    c.put("cell-negative", w -> new BasicRnnCell(w.store.root().child("c"), -1, 3));
    c.put(
        "cell-huge",
        w ->
            new LstmCell(
                w.store.root().child("c"),
                LstmCell.Settings.of(Integer.MAX_VALUE, Integer.MAX_VALUE)));
    c.put("stack-empty", w -> new StackedCell(List.of(), false));
    c.put(
        "stack-mismatch",
        w ->
            new StackedCell(
                List.of(w.lstm(), new BasicRnnCell(w.store.root().child("b"), 9, 2)), false));
    c.put(
        "stack-same-cell",
        w -> {
          LstmCell l = new LstmCell(w.store.root().child("s"), LstmCell.Settings.of(4, 4));
          new StackedCell(List.of(l, l), false);
        });
    c.put("residual-mismatch", w -> new ResidualCell<>(w.lstm()));
    c.put("dropout-cell-none", w -> new DropoutCell<>(w.lstm(), false, false));
    c.put(
        "learned-state-foreign",
        w -> new LearnedState<>(w.other.root().child("l"), w.lstm()).of(w.tf, w.tf.constant(2)));
    c.put("zero-state-vector", w -> w.lstm().zeroState(w.tf, w.tf.constant(new int[] {1, 2})));
    c.put(
        "unroll-none",
        w -> {
          LstmCell l = w.lstm();
          StaticUnroll.run(w.tf, l, List.of(), w.state(l, 1));
        });
    c.put(
        "bidirectional-masks",
        w -> {
          LstmCell l = w.lstm();
          Bidirectional.run(
              w.tf,
              l,
              w.state(l, 2),
              l,
              w.state(l, 2),
              w.zeros(2, 2, 3),
              ScanOptions.training().withMasks(List.of(w.rate)));
        });
    c.put("lengths-beyond", w -> ScanOptions.requireLengths(3, 4));
  }

  private static void scan(MisuseWorld w, ScanOptions options) {
    LstmCell cell = w.lstm();
    var run = Scan.run(w.tf, cell, w.zeros(2, 2, 3), w.state(cell, 2), options);
    w.run(run.outputs(), new Feeds());
  }

  static void optimizers(Map<String, MisuseCases.Case> c) {
    c.put("minimize-foreign", w -> new Adam(w.store, w.rate, w.none).minimize(w.foreignLoss()));
    c.put(
        "minimize-whole-number", w -> new Adam(w.store, w.rate, w.none).minimize(w.tf.constant(1)));
    c.put("minimize-constant", w -> new Adam(w.store, w.rate, w.none).minimize(w.rate));
    c.put("rate-foreign", w -> new Adam(w.store, w.other.root().tf().constant(1f), w.none));
    c.put("rate-vector", w -> new Adam(w.store, w.tf.constant(new float[2]), w.none));
    c.put(
        "two-adams",
        w -> {
          new Adam(w.store, w.rate, w.none).minimize(w.loss());
          new Adam(w.store, w.rate, w.none).minimize(w.loss());
        });
    c.put("beta-nan", w -> new Adam(w.store, w.rate, w.none, Float.NaN, 0.9f, 1e-8f));
    c.put("decay-one", w -> new RmsProp(w.store, w.rate, w.none, 1f, 0f, 1e-7f));
    c.put(
        "momentum-infinite",
        w -> new Momentum(w.store, w.rate, w.none, Float.POSITIVE_INFINITY, true));
    c.put("clip-nan", w -> GradientClip.globalNorm(Float.NaN));
    c.put("clip-negative", w -> GradientClip.value(-1));
    c.put(
        "apply-foreign-parameter",
        w -> new GradientDescent(w.store, w.rate, w.none).apply(Map.of(w.foreign, w.w.value())));
    c.put(
        "apply-foreign-gradient",
        w -> new GradientDescent(w.store, w.rate, w.none).apply(Map.of(w.w, w.foreign.value())));
    c.put("apply-nothing", w -> new GradientDescent(w.store, w.rate, w.none).apply(Map.of()));
    c.put(
        "apply-wrong-shape",
        w -> new GradientDescent(w.store, w.rate, w.none).apply(Map.of(w.w, w.rate)));
    c.put("decay-nothing", w -> WeightDecay.loss(w.tf, List.of(), 1f));
    c.put("decay-nan", w -> WeightDecay.loss(w.tf, List.of(w.w.value()), Float.NaN));
    c.put(
        "huge-gradients",
        w -> {
          var step =
              new Adam(w.store, w.rate, GradientClip.globalNorm(1))
                  .minimize(w.tf.math.mul(w.loss(), w.tf.constant(1e20f)));
          w.run(step.globalNorm(), new Feeds());
        });
    c.put(
        "clip-of-none",
        w -> new GradientDescent(w.store, w.rate, (tf, g, n) -> List.of()).minimize(w.loss()));
    c.put(
        "clip-of-many",
        w ->
            new GradientDescent(w.store, w.rate, (tf, g, n) -> Collections.nCopies(7, g.get(0)))
                .minimize(w.loss()));
    c.put(
        "infinite-rate",
        w -> {
          var step =
              new GradientDescent(w.store, w.tf.constant(Float.POSITIVE_INFINITY), w.none)
                  .minimize(w.loss());
          w.run(step.globalNorm(), new Feeds());
        });
  }
}
