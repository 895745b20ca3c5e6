// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import com.google.gson.annotations.SerializedName;
import java.util.List;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Items;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;
import org.jspecify.annotations.Nullable;

/** The source of a kernel: a parameter of its own, or a generator. */
@Doc("Where a kernel comes from: trained directly, or made by a generator")
// in the order of help and schema: what the compiler finds by itself depends on other files
public sealed interface GeneratorSpec
    permits GeneratorSpec.Plain,
        GeneratorSpec.TwoLayerLinear,
        GeneratorSpec.OneLayerLinear,
        GeneratorSpec.Mlp,
        GeneratorSpec.Chunked,
        GeneratorSpec.Templated,
        GeneratorSpec.LowRank,
        GeneratorSpec.Coordinate,
        GeneratorSpec.Dct,
        GeneratorSpec.Heads,
        GeneratorSpec.Separate {
  /** Documentation of a key that several types have. */
  String BASIC_IN =
      "Input channels of a basic kernel, from which larger kernels are tiled; if left out, the most"
          + " that divide those of all kernels";

  /** Documentation of a key that several types have. */
  String BASIC_OUT =
      "Output channels of a basic kernel, from which larger kernels are tiled; if left out, the"
          + " most that divide those of all kernels";

  /** Documentation of a key that several types have. */
  String INITIALISATION =
      "The variance that generated weights begin with: 2 over the kernel's fan-in, fan-out, or"
          + " their sum";

  /**
   * The slice of a kernel that the second layer of a two-layer linear generator makes from one
   * hidden vector.
   */
  enum SliceRows {
    /** An input channel with all output channels, as in the paper. */
    @SerializedName("input")
    INPUT,
    /** An output channel with all input channels. */
    @SerializedName("output")
    OUTPUT,
    /** The in-th part of the kernel viewed as [out, in, ...], as in public code. */
    @SerializedName("output-view")
    OUTPUT_VIEW
  }

  /** The order of the numbers in a slice; the axis named last changes fastest. */
  enum SliceColumns {
    /** The order of this library's kernels. */
    @SerializedName("height-width-channel")
    HEIGHT_WIDTH_CHANNEL,
    /** The order of PyTorch code. */
    @SerializedName("channel-height-width")
    CHANNEL_HEIGHT_WIDTH,
    /** The order of the authors' MNIST notebook. */
    @SerializedName("channel-width-height")
    CHANNEL_WIDTH_HEIGHT
  }

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
   * @param weightStddev of W_i and W_out; biases start at 0
   * @param basicIn input channels of the basic kernel, or null for the most that divide those of
   *     all kernels
   * @param basicOut output channels of the basic kernel, or null likewise
   * @param initialisation of the generated weights in place of weightStddev, or null
   * @param rows the meaning of a slice, which is a row of {@code a W_out + B_out}
   * @param columns the order of the numbers in a slice
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
      @Doc(BASIC_IN) @Default(Default.NONE) @Range(min = 1, max = 65_536) @Nullable Integer basicIn,
      @Doc(BASIC_OUT) @Default(Default.NONE) @Range(min = 1, max = 65_536)
          @Nullable Integer basicOut,
      @Doc(
              "The variance that generated weights begin with; replaces weightStddev where it is"
                  + " given")
          @Default(Default.NONE)
          @Nullable GeneratorInitialisation initialisation,
      @Doc(
              "What the second layer makes of one hidden vector: an input channel (the paper), an"
                  + " output channel, or the in-th part of the kernel seen as [out, in, ...]"
                  + " (public codes)")
          @Default("\"input\"")
          SliceRows rows,
      @Doc("The order of the numbers that it makes, the last changing fastest")
          @Default("\"height-width-channel\"")
          SliceColumns columns)
      implements GeneratorSpec {
    /** Creates a generator with the paper's rows and this library's columns. */
    public TwoLayerLinear(
        int embeddingSize,
        int hiddenSize,
        double weightStddev,
        double embeddingMean,
        double embeddingStddev,
        @Nullable Integer basicIn,
        @Nullable Integer basicOut,
        @Nullable GeneratorInitialisation initialisation) {
      this(
          embeddingSize,
          hiddenSize,
          weightStddev,
          embeddingMean,
          embeddingStddev,
          basicIn,
          basicOut,
          initialisation,
          SliceRows.INPUT,
          SliceColumns.HEIGHT_WIDTH_CHANNEL);
    }
  }

  /**
   * One linear map from the embedding to the whole kernel.
   *
   * @param embeddingSize N_z, length of z
   * @param initialisation of the generated weights
   * @param basicIn input channels of the basic kernel, or null for the most that divide those of
   *     all kernels
   * @param basicOut output channels of the basic kernel, or null likewise
   */
  @Doc("One linear map from z to the whole kernel")
  @TypeName("one-layer-linear")
  record OneLayerLinear(
      @Doc("N_z: numbers in each layer embedding z") @Default("4") @Range(min = 1, max = 65_536)
          int embeddingSize,
      @Doc(INITIALISATION) @Default("\"hyperfan-in\"") GeneratorInitialisation initialisation,
      @Doc(BASIC_IN) @Default(Default.NONE) @Range(min = 1, max = 65_536) @Nullable Integer basicIn,
      @Doc(BASIC_OUT) @Default(Default.NONE) @Range(min = 1, max = 65_536)
          @Nullable Integer basicOut)
      implements GeneratorSpec {}

  /**
   * The full generator: ReLU layers, then all weights of a kernel at once.
   *
   * @param embeddingSize N_z, length of z
   * @param hiddenSizes units of the ReLU layers
   * @param initialisation of the generated weights
   * @param basicIn input channels of the basic kernel, or null for the most that divide those of
   *     all kernels
   * @param basicOut output channels of the basic kernel, or null likewise
   */
  @Doc("A network of ReLU layers that makes all weights of a kernel at once")
  @TypeName("mlp")
  record Mlp(
      @Doc("N_z: numbers in each layer embedding z") @Default("8") @Range(min = 1, max = 65_536)
          int embeddingSize,
      @Doc("Units of each hidden layer")
          @Default("[32, 32]")
          @Items(min = 1, max = 100)
          @Range(min = 1, max = 65_536)
          List<Integer> hiddenSizes,
      @Doc(INITIALISATION) @Default("\"hyperfan-in\"") GeneratorInitialisation initialisation,
      @Doc(BASIC_IN) @Default(Default.NONE) @Range(min = 1, max = 65_536) @Nullable Integer basicIn,
      @Doc(BASIC_OUT) @Default(Default.NONE) @Range(min = 1, max = 65_536)
          @Nullable Integer basicOut)
      implements GeneratorSpec {}

  /**
   * All weights of all kernels in equal chunks, each from an embedding (von Oswald et al. 2020).
   *
   * @param chunkSize weights of one chunk
   * @param embeddingSize length of a chunk's embedding
   * @param hiddenSizes units of the ReLU layers of the network that makes a chunk
   * @param initialisation of the generated weights
   */
  @Doc("All weights in equal chunks, each from an embedding (von Oswald et al. 2020)")
  @TypeName("chunked")
  record Chunked(
      @Doc("Weights of one chunk") @Default("256") @Range(min = 1, max = 16_777_216) int chunkSize,
      @Doc("Numbers in each chunk embedding") @Default("8") @Range(min = 1, max = 65_536)
          int embeddingSize,
      @Doc("Units of each hidden layer")
          @Default("[16]")
          @Items(min = 1, max = 100)
          @Range(min = 1, max = 65_536)
          List<Integer> hiddenSizes,
      @Doc(INITIALISATION) @Default("\"hyperfan-in\"") GeneratorInitialisation initialisation)
      implements GeneratorSpec {}

  /**
   * Kernels mixed from templates that all layers of one shape share (Savarese and Maire 2019).
   *
   * @param templates in each bank
   * @param initialisation of the generated weights
   */
  @Doc("Mixes of templates that layers of one shape share (Savarese and Maire 2019)")
  @TypeName("templated")
  record Templated(
      @Doc("Templates in the bank of each kernel shape") @Default("4") @Range(min = 1, max = 65_536)
          int templates,
      @Doc(INITIALISATION) @Default("\"hyperfan-in\"") GeneratorInitialisation initialisation)
      implements GeneratorSpec {}

  /**
   * Two thin factors of the kernel matrix, each a linear map of the embedding.
   *
   * @param embeddingSize N_z, length of z
   * @param rank columns of the left factor
   * @param initialisation of the generated weights
   * @param basicIn input channels of the basic kernel, or null for the most that divide those of
   *     all kernels
   * @param basicOut output channels of the basic kernel, or null likewise
   */
  @Doc("Two thin factors of the kernel matrix, both made from z")
  @TypeName("low-rank")
  record LowRank(
      @Doc("N_z: numbers in each layer embedding z") @Default("4") @Range(min = 1, max = 65_536)
          int embeddingSize,
      @Doc("Columns of the left factor, rows of the right one")
          @Default("4")
          @Range(min = 1, max = 65_536)
          int rank,
      @Doc(INITIALISATION) @Default("\"hyperfan-in\"") GeneratorInitialisation initialisation,
      @Doc(BASIC_IN) @Default(Default.NONE) @Range(min = 1, max = 65_536) @Nullable Integer basicIn,
      @Doc(BASIC_OUT) @Default(Default.NONE) @Range(min = 1, max = 65_536)
          @Nullable Integer basicOut)
      implements GeneratorSpec {}

  /**
   * Each weight from its coordinates (HyperNEAT, DPPN; appendix A.1 of the paper).
   *
   * @param hiddenSizes units of the ReLU layers
   * @param embeddingSize length of the embedding besides the coordinates, which distinguishes
   *     kernels; 0 for none
   * @param initialisation of the generated weights
   */
  @Doc("A small network from the coordinates of a weight to the weight (HyperNEAT, DPPN)")
  @TypeName("coordinate")
  record Coordinate(
      @Doc("Units of each hidden layer")
          @Default("[25, 25]")
          @Items(min = 1, max = 100)
          @Range(min = 1, max = 65_536)
          List<Integer> hiddenSizes,
      @Doc(
              "Numbers in each layer embedding beside the coordinates; several kernels of one shape"
                  + " need 1 or more")
          @Default("0")
          @Range(min = 0, max = 65_536)
          int embeddingSize,
      @Doc(INITIALISATION) @Default("\"hyperfan-in\"") GeneratorInitialisation initialisation)
      implements GeneratorSpec {}

  /**
   * The low frequencies of the kernel matrix (Koutnik et al. 2010).
   *
   * @param keep the share of frequencies that is learned on each axis
   * @param initialisation of the generated weights
   */
  @Doc("Learned low-frequency coefficients of a cosine transform of the kernel matrix")
  @TypeName("dct")
  record Dct(
      @Doc("Share of frequencies that is kept on each axis")
          @Default("0.5")
          @Range(min = 1e-6, max = 1)
          double keep,
      @Doc(INITIALISATION) @Default("\"hyperfan-in\"") GeneratorInitialisation initialisation)
      implements GeneratorSpec {}

  /**
   * ReLU layers that read a condition, and a linear head for each weight (Navon et al. 2021), or a
   * ReLU network for each weight (Sitzmann et al. 2020). For networks with a condition only.
   *
   * @param hiddenSizes units of the ReLU layers
   * @param apart whether each weight has ReLU layers of its own
   * @param initialisation of the generated weights, where spread is 0
   * @param spread the factor of the heads' first weights, all conditions beginning with nearly the
   *     same network; 0 for none
   */
  @Doc(
      "Layers that read the condition and a linear head for each weight (Navon et al. 2021); for"
          + " networks with a condition")
  @TypeName("heads")
  record Heads(
      @Doc("Units of each hidden layer")
          @Default("[100, 100]")
          @Items(min = 0, max = 100)
          @Range(min = 1, max = 65_536)
          List<Integer> hiddenSizes,
      @Doc("Whether each weight has hidden layers of its own") @Default("false") boolean apart,
      @Doc(INITIALISATION) @Default("\"hyperfan-in\"") GeneratorInitialisation initialisation,
      @Doc(
              "Factor of the heads' first weights: then all conditions begin with nearly the same"
                  + " network; 0 for networks that differ from the start")
          @Default("0")
          @Range(min = 0, max = 1000)
          double spread)
      implements GeneratorSpec {}

  /** A network for each condition, of which there is a list; nothing is shared. */
  @Doc("A network of its own for each condition of a list, nothing shared; for comparison")
  @TypeName("separate")
  record Separate() implements GeneratorSpec {}
}
