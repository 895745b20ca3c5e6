// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.rotation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import org.hypernet4j.conditioned.OpenedMember;
import org.hypernet4j.data.TaskImages;
import org.hypernet4j.graph.Initializer;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.hyper.Condition;
import org.hypernet4j.hyper.KernelShape;
import org.hypernet4j.hyper.LowRankHeads;
import org.hypernet4j.hyper.WeightShape;
import org.hypernet4j.hyper.WeightTable;
import org.hypernet4j.nn.Weights;
import org.hypernet4j.run.ComparedFigure;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.spec.AdaptersSpec;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.spec.NetworkSpec;
import org.hypernet4j.spec.RotationsSpec;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A trained network that is frozen, with low-rank changes to its kernels that a hypernetwork makes
 * from cosine and sine of the angle. Before the training the changes are zero to the last bit.
 */
public final class Adapters extends RotationMember {
  /** The scope of the trained network. */
  static final String BASE = "base";

  @Override
  public Class<? extends ModelSpec> model() {
    return AdaptersSpec.class;
  }

  @Override
  RotationsSpec rotations(ModelSpec model) {
    return ((AdaptersSpec) model).rotations();
  }

  @Override
  NetworkSpec networkSpec(ModelSpec model) {
    return ((AdaptersSpec) model).network();
  }

  /** The images, and the trained network where the run begins or stands. */
  @Override
  public Rotations load(ExperimentSpec spec, TrainOptions options) {
    return load(spec, options.data())
        .withBase(new BaseWeights((AdaptersSpec) spec.model()).read(spec, options));
  }

  @Override
  Built network(ParameterStore store, ModelSpec model, Map<String, float[]> base) {
    AdaptersSpec spec = (AdaptersSpec) model;
    store.freeze(List.of(BASE));
    WeightTable table = RotatedNetwork.table(spec.network());
    ParameterScope scope = store.root().child(BASE);
    Weights trained = Weights.parameters(scope, startingWith(table, base));
    LowRankHeads changes =
        new LowRankHeads(
            store.root(),
            new LowRankHeads.Settings(
                spec.rank(), (float) spec.scale(), spec.embeddingSize(), spec.hiddenSizes()),
            table,
            kernels(spec, table),
            Descriptor.SIZE);
    BiFunction<Ops, Operand<TFloat32>, Weights> source =
        (tf, descriptors) ->
            trained.changed(
                changes.generate(
                    tf, Condition.of(tf.math.mul(descriptors, tf.constant(ZeroShot.SCALE)))));
    return new Built(RotatedNetwork.of(spec.network(), source), List.of(trained));
  }

  /** The names of the kernels that change. */
  private static List<String> kernels(AdaptersSpec spec, WeightTable table) {
    return spec.kernels().isEmpty() ? List.copyOf(table.kernels().keySet()) : spec.kernels();
  }

  /** The table whose parameters begin with given values, or zero. */
  private static WeightTable startingWith(WeightTable table, Map<String, float[]> values) {
    WeightTable given = WeightTable.empty();
    for (Map.Entry<String, WeightShape> each : table.shapes().entrySet()) {
      float[] value = values.get(each.getKey());
      Initializer initializer =
          value == null
              ? Initializers.zeros()
              : (tf, shape, seed) -> tf.reshape(tf.constant(value), tf.constant(shape.asArray()));
      given = given.with(each.getKey(), each.getValue().startingWith(initializer));
    }
    return given;
  }

  /** With the trained network alone, and the share of the network's weights that is made. */
  @Override
  Map<String, Double> figures(OpenedMember model, RotationScores scores, List<TaskImages> images) {
    Map<String, Double> figures = new LinkedHashMap<>(super.figures(model, scores, images));
    figures.putAll(
        RotationScores.of(model, scores.angles(), images, RotationFunctions.BASE)
            .figures("accuracyBase"));
    AdaptersSpec spec = (AdaptersSpec) model.spec().model();
    WeightTable table = RotatedNetwork.table(spec.network());
    figures.put("generatedShare", (double) generated(spec, table) / table.size());
    return figures;
  }

  @Override
  List<String> lines(RotationScores scores, Map<String, Double> figures) {
    List<String> lines = new ArrayList<>(super.lines(scores, figures));
    lines.add(
        String.format(
            Locale.ROOT,
            "the base alone: %.2f %%; numbers made for an angle: %.1f %% of its weights",
            100 * figures.getOrDefault("accuracyBaseSeen", Double.NaN),
            100 * figures.getOrDefault("generatedShare", Double.NaN)));
    return lines;
  }

  /** How many numbers are made for one angle. */
  static long generated(AdaptersSpec spec, WeightTable table) {
    Map<String, KernelShape> kernels = table.kernels();
    return kernels(spec, table).stream()
        .map(kernels::get)
        .mapToLong(kernel -> spec.rank() * (kernel.size() / kernel.out() + kernel.out()))
        .sum();
  }

  @Override
  public List<ComparedFigure> comparedFigures() {
    List<ComparedFigure> figures = new ArrayList<>(super.comparedFigures());
    figures.add(ComparedFigure.share("accuracyBaseSeen", "of the base alone"));
    figures.add(ComparedFigure.share("generatedShare", "weights generated"));
    return figures;
  }
}
