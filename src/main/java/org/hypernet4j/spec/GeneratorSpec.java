package org.hypernet4j.spec;

import org.jspecify.annotations.Nullable;

/** Where a kernel comes from: a parameter of its own, or a generator. */
@Doc("Where a kernel comes from: trained directly, or made by a generator")
public sealed interface GeneratorSpec {

  /** The kernel is an ordinary parameter; nothing is generated. */
  @Doc("No generator: the kernel is an ordinary parameter")
  @TypeName("plain")
  record Plain(
      @Doc("Initial values of the kernel")
          @Default("{\"type\": \"truncated-normal\", \"stddev\": 0.01}")
          InitializerSpec initializer)
      implements GeneratorSpec {}

  /**
   * The two-layer linear generator of HyperNetworks section 3.1, equation 2: {@code a_i = W_i z +
   * B_i} for every input channel i, {@code K_i = <W_out, a_i> + B_out} with W_out and B_out shared.
   *
   * <p>The paper gives no initial values. The defaults are those of the authors' MNIST notebook. It
   * draws the embedding with mean 0.01 and standard deviation 1: the 0.01 meant for the standard
   * deviation stands where the mean is expected, and the published result was made that way.
   *
   * @param embeddingSize N_z, length of z
   * @param hiddenSize d, length of a_i
   * @param weightStddev of W_i and W_out; biases begin at 0
   * @param basicIn input channels of the basic kernel, or null for those of the kernel itself
   * @param basicOut output channels of the basic kernel, or null for those of the kernel itself
   */
  @Doc("The two-layer linear generator of HyperNetworks section 3.1")
  @TypeName("two-layer-linear")
  record TwoLayerLinear(
      @Doc("N_z: numbers in each layer embedding z") @Default("4") @Range(min = 1, max = 65_536)
          int embeddingSize,
      @Doc("d: numbers in the hidden layer of each input channel")
          @Default("4")
          @Range(min = 1, max = 65_536)
          int hiddenSize,
      @Doc("Standard deviation of the truncated normal that both weight layers are drawn from")
          @Default("0.01")
          @Range(min = 0, max = 1000)
          double weightStddev,
      @Doc("Mean of the truncated normal that z is drawn from; the authors' notebook passes 0.01")
          @Default("0.01")
          @Range(min = -1000, max = 1000)
          double embeddingMean,
      @Doc("Standard deviation of the truncated normal that z is drawn from")
          @Default("1")
          @Range(min = 0, max = 1000)
          double embeddingStddev,
      @Doc(
              "Input channels of a basic kernel, from which larger kernels are tiled; the kernel's own if left out")
          @Default(Default.NONE)
          @Range(min = 1, max = 65_536)
          @Nullable Integer basicIn,
      @Doc(
              "Output channels of a basic kernel, from which larger kernels are tiled; the kernel's own if left out")
          @Default(Default.NONE)
          @Range(min = 1, max = 65_536)
          @Nullable Integer basicOut)
      implements GeneratorSpec {}
}
