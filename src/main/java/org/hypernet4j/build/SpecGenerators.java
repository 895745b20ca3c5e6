// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.build;

import java.util.Collection;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializer;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.hyper.ChunkedKernels;
import org.hypernet4j.hyper.ConditionalSource;
import org.hypernet4j.hyper.CoordinateKernels;
import org.hypernet4j.hyper.DctKernels;
import org.hypernet4j.hyper.EmbeddedKernels;
import org.hypernet4j.hyper.HeadKernels;
import org.hypernet4j.hyper.KernelShape;
import org.hypernet4j.hyper.KernelSource;
import org.hypernet4j.hyper.LowRankGenerator;
import org.hypernet4j.hyper.MlpGenerator;
import org.hypernet4j.hyper.OneLayerLinearGenerator;
import org.hypernet4j.hyper.SeparateNetworks;
import org.hypernet4j.hyper.SharedNetwork;
import org.hypernet4j.hyper.SliceLayout;
import org.hypernet4j.hyper.TargetVariance;
import org.hypernet4j.hyper.TemplatedKernels;
import org.hypernet4j.hyper.TwoLayerLinearGenerator;
import org.hypernet4j.hyper.WeightTable;
import org.hypernet4j.spec.GeneratorInitialisation;
import org.hypernet4j.spec.GeneratorSpec;
import org.jspecify.annotations.Nullable;

/** Generators by the names that specification files use. */
final class SpecGenerators {
  private SpecGenerators() {}

  /**
   * The generator of a specification, for a table of kernels.
   *
   * @param spec any but plain
   */
  static KernelSource of(GeneratorSpec spec, Map<String, KernelShape> table) {
    if (spec instanceof GeneratorSpec.TwoLayerLinear linear) {
      return twoLayerLinear(linear, basic(table, linear.basicIn(), linear.basicOut()));
    } else if (spec instanceof GeneratorSpec.OneLayerLinear linear) {
      KernelShape basic = basic(table, linear.basicIn(), linear.basicOut());
      TargetVariance target = target(linear.initialisation());
      return EmbeddedKernels.normal(
          new OneLayerLinearGenerator.Settings(
              basic, linear.embeddingSize(), true, target.of(basic)),
          target);
    } else if (spec instanceof GeneratorSpec.Mlp mlp) {
      KernelShape basic = basic(table, mlp.basicIn(), mlp.basicOut());
      TargetVariance target = target(mlp.initialisation());
      return EmbeddedKernels.normal(
          new MlpGenerator.Settings(
              basic, mlp.embeddingSize(), mlp.hiddenSizes(), target.of(basic)),
          target);
    } else if (spec instanceof GeneratorSpec.LowRank lowRank) {
      KernelShape basic = basic(table, lowRank.basicIn(), lowRank.basicOut());
      TargetVariance target = target(lowRank.initialisation());
      return EmbeddedKernels.normal(
          new LowRankGenerator.Settings(
              basic, lowRank.embeddingSize(), lowRank.rank(), target.of(basic)),
          target);
    } else if (spec instanceof GeneratorSpec.Chunked chunked) {
      return new ChunkedKernels(
          chunked.chunkSize(),
          chunked.embeddingSize(),
          chunked.hiddenSizes(),
          target(chunked.initialisation()));
    } else if (spec instanceof GeneratorSpec.Templated templated) {
      return new TemplatedKernels(templated.templates(), target(templated.initialisation()));
    } else if (spec instanceof GeneratorSpec.Coordinate coordinate) {
      return new CoordinateKernels(
          coordinate.hiddenSizes(),
          coordinate.embeddingSize(),
          target(coordinate.initialisation()));
    } else if (spec instanceof GeneratorSpec.Dct dct) {
      return new DctKernels(dct.keep(), target(dct.initialisation()));
    }
    throw UserError.in("generator")
        .what("makes weights from a condition, which this network does not have")
        .expected("another type of generator")
        .received(spec instanceof GeneratorSpec.Heads ? "heads" : "separate")
        .build();
  }

  /**
   * How weights are made from a condition.
   *
   * @param table all weights; generators of basic kernels tile its kernels
   * @param conditionSize N_c
   */
  static ConditionalSource conditional(GeneratorSpec spec, WeightTable table, int conditionSize) {
    if (spec instanceof GeneratorSpec.Plain) {
      return new SharedNetwork();
    } else if (spec instanceof GeneratorSpec.Separate) {
      return new SeparateNetworks();
    } else if (spec instanceof GeneratorSpec.Heads heads) {
      return new HeadKernels(
          heads.hiddenSizes(), heads.apart(), target(heads.initialisation()), heads.spread());
    }
    return (ConditionalSource) of(beside(spec, conditionSize), table.kernels());
  }

  /** The same generator, which reads a condition beside each embedding. */
  private static GeneratorSpec beside(GeneratorSpec spec, int conditionSize) {
    if (spec instanceof GeneratorSpec.TwoLayerLinear linear) {
      return new GeneratorSpec.TwoLayerLinear(
          linear.embeddingSize() + conditionSize,
          linear.hiddenSize(),
          linear.weightStddev(),
          linear.embeddingMean(),
          linear.embeddingStddev(),
          linear.basicIn(),
          linear.basicOut(),
          linear.initialisation(),
          linear.rows(),
          linear.columns());
    } else if (spec instanceof GeneratorSpec.OneLayerLinear linear) {
      return new GeneratorSpec.OneLayerLinear(
          linear.embeddingSize() + conditionSize,
          linear.initialisation(),
          linear.basicIn(),
          linear.basicOut());
    } else if (spec instanceof GeneratorSpec.Mlp mlp) {
      return new GeneratorSpec.Mlp(
          mlp.embeddingSize() + conditionSize,
          mlp.hiddenSizes(),
          mlp.initialisation(),
          mlp.basicIn(),
          mlp.basicOut());
    } else if (spec instanceof GeneratorSpec.LowRank lowRank) {
      return new GeneratorSpec.LowRank(
          lowRank.embeddingSize() + conditionSize,
          lowRank.rank(),
          lowRank.initialisation(),
          lowRank.basicIn(),
          lowRank.basicOut());
    }
    return spec; // its own design puts the condition beside the embeddings
  }

  private static KernelSource twoLayerLinear(GeneratorSpec.TwoLayerLinear spec, KernelShape basic) {
    double mean = spec.embeddingMean();
    double deviation = spec.embeddingStddev();
    SliceLayout layout = layout(spec);
    if (spec.initialisation() == null) {
      Initializer embeddings = Initializers.truncatedNormal((float) mean, (float) deviation);
      return new EmbeddedKernels(
          new TwoLayerLinearGenerator.Settings(
                  basic,
                  spec.embeddingSize(),
                  spec.hiddenSize(),
                  Initializers.truncatedNormal(0f, (float) spec.weightStddev()))
              .withLayout(layout),
          shape -> embeddings);
    }
    double moment = Initializers.truncatedVariance(deviation) + mean * mean;
    if (moment == 0) {
      throw UserError.in("two-layer linear generator")
          .what("embeddings that begin at zero give no weight a variance")
          .expected("embeddingMean or embeddingStddev other than 0 beside 'initialisation'")
          .build();
    }
    TargetVariance target = target(spec.initialisation());
    TwoLayerLinearGenerator.Settings design =
        TwoLayerLinearGenerator.Settings.withVariance(
                basic, spec.embeddingSize(), spec.hiddenSize(), target.of(basic), moment)
            .withLayout(layout);
    return new EmbeddedKernels(
        design,
        shape -> {
          double scale = EmbeddedKernels.scale(design, target, shape);
          return Initializers.truncatedNormal((float) (mean * scale), (float) (deviation * scale));
        });
  }

  private static SliceLayout layout(GeneratorSpec.TwoLayerLinear spec) {
    return new SliceLayout(
        switch (spec.rows()) {
          case INPUT -> SliceLayout.Rows.INPUT;
          case OUTPUT -> SliceLayout.Rows.OUTPUT;
          case OUTPUT_VIEW -> SliceLayout.Rows.OUTPUT_VIEW;
        },
        switch (spec.columns()) {
          case HEIGHT_WIDTH_CHANNEL -> SliceLayout.Columns.HEIGHT_WIDTH_CHANNEL;
          case CHANNEL_HEIGHT_WIDTH -> SliceLayout.Columns.CHANNEL_HEIGHT_WIDTH;
          case CHANNEL_WIDTH_HEIGHT -> SliceLayout.Columns.CHANNEL_WIDTH_HEIGHT;
        });
  }

  private static TargetVariance target(GeneratorInitialisation initialisation) {
    return switch (initialisation) {
      case HYPERFAN_IN -> TargetVariance.KAIMING_IN;
      case HYPERFAN_OUT -> TargetVariance.KAIMING_OUT;
      case HYPERFAN_XAVIER -> TargetVariance.XAVIER;
    };
  }

  /** The basic kernel: the largest that tiles all kernels, where channels are not given. */
  private static KernelShape basic(
      Map<String, KernelShape> table, @Nullable Integer in, @Nullable Integer out) {
    Collection<KernelShape> shapes = table.values();
    KernelShape first = shapes.iterator().next();
    return new KernelShape(
        first.height(),
        first.width(),
        in == null ? commonDivisor(shapes, KernelShape::in) : in,
        out == null ? commonDivisor(shapes, KernelShape::out) : out);
  }

  private static int commonDivisor(
      Collection<KernelShape> shapes, ToIntFunction<KernelShape> size) {
    int divisor = 0;
    for (KernelShape shape : shapes) {
      int other = size.applyAsInt(shape);
      while (other != 0) {
        int rest = divisor % other;
        divisor = other;
        other = rest;
      }
    }
    return divisor;
  }
}
