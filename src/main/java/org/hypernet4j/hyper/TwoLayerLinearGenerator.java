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
 */
public final class TwoLayerLinearGenerator extends DesignedGenerator {
  private final Settings settings;
  private final Parameter projectionW;
  private final Parameter projectionB;
  private final Parameter outputW;
  private final Parameter outputB;

  /**
   * What a two-layer linear generator is made of.
   *
   * @param kernel the shape of the basic kernel
   * @param embeddingSize N_z
   * @param hiddenSize d; the paper has d = N_z throughout
   * @param projection the initialiser of the W_i; biases start at zero
   * @param output the initialiser of W_out
   */
  public record Settings(
      KernelShape kernel,
      int embeddingSize,
      int hiddenSize,
      Initializer projection,
      Initializer output)
      implements GeneratorDesign {
    /** Checks the sizes. */
    public Settings {
      if (embeddingSize < 1 || hiddenSize < 1) {
        throw UserError.in("two-layer linear generator")
            .what("sizes must be positive")
            .received("embeddingSize " + embeddingSize + ", hiddenSize " + hiddenSize)
            .build();
      }
    }

    /** Both weight matrices from one initialiser. */
    public Settings(
        KernelShape kernel, int embeddingSize, int hiddenSize, Initializer initializer) {
      this(kernel, embeddingSize, hiddenSize, initializer, initializer);
    }

    /**
     * The paper's choice: d = N_z; the reference code's initialiser, a truncated normal of 0.01.
     */
    public static Settings paper(KernelShape kernel, int embeddingSize) {
      return new Settings(
          kernel, embeddingSize, embeddingSize, Initializers.truncatedNormal(0f, 0.01f));
    }

    /**
     * Generated weights of a variance chosen beforehand: {@code Var W_i = 1 / N_z}, so that an a_i
     * has the second moment of z, and {@code Var W_out = variance / (d moment)}.
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

    /** {@code N_in d (N_z + 1) + height width N_out (d + 1)}, embeddings not counted. */
    @Override
    public long parameterCount() {
      return (long) kernel.in() * hiddenSize * (embeddingSize + 1)
          + (long) kernel.height() * kernel.width() * kernel.out() * (hiddenSize + 1);
    }

    @Override
    public WeightGenerator create(ParameterScope scope) {
      return new TwoLayerLinearGenerator(scope, this);
    }
  }

  /** Makes the generator's parameters in the given scope. */
  public TwoLayerLinearGenerator(ParameterScope scope, Settings settings) {
    super("two-layer linear generator", settings);
    this.settings = settings;
    KernelShape kernel = settings.kernel();
    int d = settings.hiddenSize();
    long columns = (long) kernel.height() * kernel.width() * kernel.out();
    ParameterScope projection = scope.child("projection");
    ParameterScope output = scope.child("output");
    projectionW =
        projection.parameter(
            "W",
            Shape.of(settings.embeddingSize(), (long) kernel.in() * d),
            settings.projection(),
            Role.GENERATOR);
    projectionB =
        projection.parameter(
            "B", Shape.of((long) kernel.in() * d), Initializers.zeros(), Role.GENERATOR);
    outputW = output.parameter("W", Shape.of(d, columns), settings.output(), Role.GENERATOR);
    outputB = output.parameter("B", Shape.of(columns), Initializers.zeros(), Role.GENERATOR);
  }

  @Override
  long widest() {
    return (long) settings.kernel().in() * settings.hiddenSize();
  }

  @Override
  Operand<TFloat32> weights(Ops tf, Operand<TFloat32> z) {
    KernelShape kernel = settings.kernel();
    // Both products take all embeddings and all input channels at once.
    Operand<TFloat32> projected =
        tf.math.add(tf.linalg.matMul(z, projectionW.value()), projectionB.value());
    Operand<TFloat32> a =
        tf.reshape(projected, tf.constant(new long[] {-1, settings.hiddenSize()}));
    Operand<TFloat32> slices = tf.math.add(tf.linalg.matMul(a, outputW.value()), outputB.value());
    // Rows of a slice stay together, so one axis stands for both of them. With five axes TFLite's
    // converter takes this and its own transpose for nothing where in = out, and swaps the two.
    long pixels = (long) kernel.height() * kernel.width();
    Operand<TFloat32> byInput =
        tf.reshape(slices, tf.constant(new long[] {-1, kernel.in(), pixels, kernel.out()}));
    return tf.linalg.transpose(byInput, tf.constant(new int[] {0, 2, 1, 3}));
  }
}
