// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializer;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The paper's static hypernetwork (section 3.1, equation 2): two linear layers, the second shared
 * by all input channels and all layers.
 *
 * <pre>
 * a_i = W_i z + B_i                 i = 1 .. N_in, W_i [d, N_z], B_i [d]
 * K_i = &lt;W_out, a_i&gt; + B_out        W_out [f, N_out f, d], B_out [f, N_out f]
 * K   = K_1 .. K_Nin                stacked over input channels
 * </pre>
 *
 * <p>There is no non-linearity: two layers are far smaller than one because W_out serves every
 * input channel. The paper leaves the order inside {@code N_out f} open; here column {@code (p, q,
 * co)} of {@code output/W} makes row p, column q, output channel co.
 *
 * <p>Parameters: {@code projection/W [N_z, N_in d]}, where column {@code i d + k} is row k of W_i;
 * {@code projection/B [N_in d]}; {@code output/W [d, height width N_out]}; {@code output/B [height
 * width N_out]}. Their number is {@code N_in d (N_z + 1) + height width N_out (d + 1)}.
 *
 * <p>Public implementations exchange the roles of input and output channels, and order the columns
 * in other ways. With their {@link SliceLayout} the generator takes their weights unchanged; with
 * rows OUTPUT, N_in and N_out change places in all of the above.
 */
public final class TwoLayerLinearGenerator extends AbstractWeightGenerator {
  private final Settings settings;
  private final Parameter projectionW;
  private final Parameter projectionB;
  private final Parameter outputW;
  private final Parameter outputB;

  /**
   * Settings of a two-layer linear generator.
   *
   * @param kernel the shape of the basic kernel
   * @param embeddingSize N_z
   * @param hiddenSize d; the paper has d = N_z throughout
   * @param projection the initialiser of the W_i; biases start at zero
   * @param output the initialiser of W_out
   * @param layout the mapping from outputs to positions in the kernel
   */
  public record Settings(
      KernelShape kernel,
      int embeddingSize,
      int hiddenSize,
      Initializer projection,
      Initializer output,
      SliceLayout layout)
      implements GeneratorSettings {
    /** Checks the sizes. */
    public Settings {
      if (embeddingSize < 1 || hiddenSize < 1) {
        throw UserError.in("two-layer linear generator")
            .what("sizes must be positive")
            .received("embeddingSize " + embeddingSize + ", hiddenSize " + hiddenSize)
            .build();
      }
    }

    /** Settings with the paper's layout. */
    public Settings(
        KernelShape kernel,
        int embeddingSize,
        int hiddenSize,
        Initializer projection,
        Initializer output) {
      this(kernel, embeddingSize, hiddenSize, projection, output, SliceLayout.PAPER);
    }

    /** Settings with one initialiser for both weight matrices and the paper's layout. */
    public Settings(
        KernelShape kernel, int embeddingSize, int hiddenSize, Initializer initializer) {
      this(kernel, embeddingSize, hiddenSize, initializer, initializer);
    }

    /** With another layout, {@link SliceLayout#PYTORCH} for example. */
    public Settings withLayout(SliceLayout value) {
      return new Settings(kernel, embeddingSize, hiddenSize, projection, output, value);
    }

    /**
     * The paper's choice: d = N_z; the reference code's initialiser, a truncated normal of 0.01.
     */
    public static Settings paper(KernelShape kernel, int embeddingSize) {
      return new Settings(
          kernel, embeddingSize, embeddingSize, Initializers.truncatedNormal(0f, 0.01f));
    }

    /**
     * Settings for a chosen variance of generated weights: {@code Var W_i = 1 / N_z}, so that an
     * a_i has the second moment of z, and {@code Var W_out = variance / (d moment)}.
     *
     * @param variance of a generated weight, see {@link TargetVariance}
     * @param moment the mean of an entry of z squared
     */
    public static Settings withVariance(
        KernelShape kernel, int embeddingSize, int hiddenSize, double variance, double moment) {
      return new Settings(
          kernel,
          embeddingSize,
          hiddenSize,
          TargetVariance.lastLayer(1, embeddingSize, 1),
          TargetVariance.lastLayer(variance, hiddenSize, moment));
    }

    /**
     * {@code slices d (N_z + 1) + length (d + 1)}, embeddings not counted; in the paper's layout
     * N_in slices of {@code height width N_out} numbers.
     */
    @Override
    public long parameterCount() {
      return (long) layout.slices(kernel) * hiddenSize * (embeddingSize + 1)
          + layout.length(kernel) * (hiddenSize + 1);
    }

    @Override
    public WeightGenerator create(ParameterScope scope) {
      return new TwoLayerLinearGenerator(scope, this);
    }
  }

  /** Creates the generator's parameters in the given scope. */
  public TwoLayerLinearGenerator(ParameterScope scope, Settings settings) {
    super("two-layer linear generator", settings);
    this.settings = settings;
    KernelShape kernel = settings.kernel();
    int d = settings.hiddenSize();
    long hidden = (long) settings.layout().slices(kernel) * d;
    long columns = settings.layout().length(kernel);
    ParameterScope projection = scope.child("projection");
    ParameterScope output = scope.child("output");
    projectionW =
        projection.parameter(
            "W", Shape.of(settings.embeddingSize(), hidden), settings.projection(), Role.GENERATOR);
    projectionB = projection.parameter("B", Shape.of(hidden), Initializers.zeros(), Role.GENERATOR);
    outputW = output.parameter("W", Shape.of(d, columns), settings.output(), Role.GENERATOR);
    outputB = output.parameter("B", Shape.of(columns), Initializers.zeros(), Role.GENERATOR);
  }

  @Override
  public boolean outputBlocksFirst() {
    return settings.layout().outputFirst();
  }

  @Override
  long widest() {
    return (long) settings.layout().slices(settings.kernel()) * settings.hiddenSize();
  }

  @Override
  Operand<TFloat32> weights(Ops tf, Operand<TFloat32> z) {
    // Both products take all embeddings and all slices at once.
    Operand<TFloat32> projected =
        tf.math.add(tf.linalg.matMul(z, projectionW.value()), projectionB.value());
    Operand<TFloat32> a =
        tf.reshape(projected, tf.constant(new long[] {-1, settings.hiddenSize()}));
    Operand<TFloat32> slices = tf.math.add(tf.linalg.matMul(a, outputW.value()), outputB.value());
    return settings.layout().toKernels(tf, slices, settings.kernel());
  }
}
