// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.NextValue;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.hyper.KernelShape;
import org.hypernet4j.hyper.KernelSource;
import org.hypernet4j.nn.BatchNorm;
import org.hypernet4j.nn.Conv2d;
import org.hypernet4j.nn.Dense;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The Wide ResNet of the paper's second experiment (section 4.2, tables 2 and 8), for images with
 * three channels. The kernels of its groups are generated, all in one batched computation, or
 * trained directly.
 *
 * <pre>
 * image -&gt; (x - mean) / std -&gt; conv 3x3, 16 -&gt; BN -&gt; ReLU
 *       -&gt; group conv2: N blocks, 16k channels
 *       -&gt; group conv3: N blocks, 32k channels, half the size
 *       -&gt; group conv4: N blocks, 64k channels, half the size again
 *       -&gt; BN -&gt; ReLU -&gt; mean over all pixels -&gt; dense
 *
 * block:   y = shortcut(x) + conv(ReLU(BN(conv(ReLU(BN(x))))))
 * </pre>
 *
 * <p>The paper leaves open how the blocks are normalised and how a shortcut gets to more channels.
 * This net has the parts that reproduce its four published parameter counts: blocks with activation
 * first (He et al. 2016), a batch normalisation after the first convolution too, a bias on every
 * convolution, and shortcuts without parameters, which take the mean of 2 x 2 pixels where the size
 * halves and fill missing channels with zeros.
 *
 * <p>Parameters: {@code conv1/kernel}, {@code conv1/bias}, {@code conv1/bn/...}; for each block of
 * each group, {@code conv2/block0}, the biases {@code conv1/bias} and {@code conv2/bias} and the
 * normalisations {@code bn1/...} and {@code bn2/...}; {@code last/bn/...}, {@code dense/kernel},
 * {@code dense/bias}. And either {@code conv2/block0/conv1/kernel} and so on, or {@code
 * generator/...} with {@code embeddings/conv2/block0/conv1/z} and so on. Weight decay applies to
 * all kernels, that of the dense layer too.
 */
public final class WideResNet implements ImageClassifier {
  // over the 50,000 training images of CIFAR-10, channel by channel, pixels in [0, 1]
  private static final float[] MEAN = {0.4914f, 0.4822f, 0.4465f};
  private static final float[] STD = {0.2470f, 0.2435f, 0.2616f};

  private static final String[] GROUPS = {"conv2", "conv3", "conv4"};
  private static final int KERNEL = 3;

  /** Channels of the first convolution; those of the groups are multiples of it. */
  private static final int CHANNELS = 16;

  private final Settings settings;
  private final KernelSource source;
  private final Parameter kernel1;
  private final Operand<TFloat32> bias1;
  private final BatchNorm norm1;
  private final Map<String, Operand<TFloat32>> kernels;
  private final List<List<Block>> groups = new ArrayList<>();
  private final BatchNorm lastNorm;
  private final Operand<TFloat32> denseKernel;
  private final Operand<TFloat32> denseBias;

  /** One block; kernels {@code [3, 3, in, out]}, biases {@code [out]}. */
  private record Block(
      String name,
      int stride,
      BatchNorm norm1,
      Operand<TFloat32> kernel1,
      Operand<TFloat32> bias1,
      BatchNorm norm2,
      Operand<TFloat32> kernel2,
      Operand<TFloat32> bias2) {}

  /**
   * Sizes.
   *
   * @param depth layers, 6N + 4 for N blocks in each group
   * @param width k: the groups have 16k, 32k and 64k channels
   * @param classes number of classes, 2 or more
   * @param imageSize height and width of an image, a multiple of 4
   */
  public record Settings(int depth, int width, int classes, int imageSize) {
    /** Checks the sizes. */
    public Settings {
      Sizes.require("Wide ResNet", "depth", depth, 10);
      Sizes.require("Wide ResNet", "width", width, 1);
      long most = ((long) CHANNELS * width) << (GROUPS.length - 1);
      Sizes.requireInt("Wide ResNet", "width", width, "channels", most);
      Sizes.require("Wide ResNet", "classes", classes, 2);
      Sizes.require("Wide ResNet", "imageSize", imageSize, 4);
      requireForm("depth", depth, (depth - 4) % 6 == 0, "6N + 4");
      requireForm("imageSize", imageSize, imageSize % 4 == 0, "a multiple of 4");
    }

    private static void requireForm(String setting, int value, boolean right, String expected) {
      if (!right) {
        throw UserError.in("Wide ResNet, " + setting)
            .what("no Wide ResNet has this size")
            .expected(expected)
            .received(value)
            .build();
      }
    }

    /** N, the number of blocks in a group. */
    public int blocks() {
      return (depth - 4) / (2 * GROUPS.length);
    }

    /**
     * Channels of a group.
     *
     * @param group 0, 1 or 2
     */
    public int channels(int group) {
      return CHANNELS * width * (1 << group);
    }
  }

  /**
   * Creates the parameters and generates the kernels.
   *
   * @param source of the kernels of the groups, all of them together
   */
  public WideResNet(ParameterScope scope, Settings settings, KernelSource source) {
    this.settings = settings;
    this.source = source;
    ParameterScope conv1 = scope.child("conv1");
    kernel1 =
        conv1.regularisedParameter(
            "kernel",
            KernelShape.square(KERNEL, MEAN.length, CHANNELS).toShape(),
            Initializers.heNormal(),
            Role.KERNEL);
    bias1 = bias(conv1, CHANNELS);
    norm1 = new BatchNorm(conv1.child("bn"), CHANNELS);
    kernels = source.build(scope, kernelTable(settings));
    int in = CHANNELS;
    for (int g = 0; g < GROUPS.length; g++) {
      List<Block> blocks = new ArrayList<>();
      for (int b = 0; b < settings.blocks(); b++) {
        blocks.add(block(scope, g, b, in));
        in = settings.channels(g);
      }
      groups.add(blocks);
    }
    lastNorm = new BatchNorm(scope.child("last").child("bn"), in);
    ParameterScope dense = scope.child("dense");
    denseKernel =
        dense
            .regularisedParameter(
                "kernel",
                Shape.of(in, settings.classes()),
                Initializers.glorotUniform(),
                Role.KERNEL)
            .value();
    denseBias = bias(dense, settings.classes());
  }

  /** The shapes of all kernels of the groups, in network order. */
  static Map<String, KernelShape> kernelTable(Settings settings) {
    Map<String, KernelShape> table = new LinkedHashMap<>();
    int in = CHANNELS;
    for (int g = 0; g < GROUPS.length; g++) {
      int out = settings.channels(g);
      for (int b = 0; b < settings.blocks(); b++) {
        table.put(blockName(g, b) + "/conv1", KernelShape.square(KERNEL, in, out));
        table.put(blockName(g, b) + "/conv2", KernelShape.square(KERNEL, out, out));
        in = out;
      }
    }
    return table;
  }

  private static String blockName(int group, int block) {
    return GROUPS[group] + "/block" + block;
  }

  private Block block(ParameterScope scope, int group, int number, int in) {
    String name = blockName(group, number);
    ParameterScope block = scope.child(name);
    int out = settings.channels(group);
    return new Block(
        "block" + number,
        group > 0 && number == 0 ? 2 : 1,
        new BatchNorm(block.child("bn1"), in),
        kernel(name + "/conv1"),
        bias(block.child("conv1"), out),
        new BatchNorm(block.child("bn2"), out),
        kernel(name + "/conv2"),
        bias(block.child("conv2"), out));
  }

  private Operand<TFloat32> kernel(String name) {
    return Objects.requireNonNull(kernels.get(name));
  }

  private static Operand<TFloat32> bias(ParameterScope scope, long size) {
    return scope.value("bias", Shape.of(size), Initializers.zeros(), Role.BIAS);
  }

  @Override
  public Operand<TFloat32> logits(Ops tf, Operand<TFloat32> images) {
    return forward(tf, images, null);
  }

  @Override
  public TrainingLogits trainingLogits(Ops tf, Operand<TFloat32> images) {
    List<NextValue> updates = new ArrayList<>();
    return new TrainingLogits(forward(tf, images, updates), updates);
  }

  /**
   * The whole network.
   *
   * @param updates receives the updates of the moving statistics, or null for inference
   */
  private Operand<TFloat32> forward(
      Ops tf, Operand<TFloat32> images, @Nullable Collection<NextValue> updates) {
    Shapes.require(
        "Wide ResNet",
        "images",
        images,
        -1,
        settings.imageSize(),
        settings.imageSize(),
        MEAN.length);
    Ops first = tf.withSubScope("conv1");
    Operand<TFloat32> x =
        first.math.div(first.math.sub(images, first.constant(MEAN)), first.constant(STD));
    x = Conv2d.apply(first, x, kernel1.value(), bias1, 1);
    x = activate(first, norm1, x, updates);
    for (int g = 0; g < GROUPS.length; g++) {
      Ops group = tf.withSubScope(GROUPS[g]);
      for (Block block : groups.get(g)) {
        x = residual(group.withSubScope(block.name()), block, x, updates);
      }
    }
    Ops last = tf.withSubScope("last");
    x = activate(last, lastNorm, x, updates);
    Operand<TFloat32> pooled = last.math.mean(x, last.constant(new int[] {1, 2}));
    return Dense.apply(tf.withSubScope("dense"), pooled, denseKernel, denseBias);
  }

  private static Operand<TFloat32> residual(
      Ops tf, Block block, Operand<TFloat32> in, @Nullable Collection<NextValue> updates) {
    Operand<TFloat32> x = activate(tf, block.norm1(), in, updates);
    x = Conv2d.apply(tf, x, block.kernel1(), block.bias1(), block.stride());
    x = activate(tf, block.norm2(), x, updates);
    x = Conv2d.apply(tf, x, block.kernel2(), block.bias2(), 1);
    return tf.math.add(shortcut(tf, in, block.stride(), x.shape().get(3)), x);
  }

  /** The input as it is, or halved in size and filled up with channels of zeros. */
  private static Operand<TFloat32> shortcut(
      Ops tf, Operand<TFloat32> in, int stride, long channels) {
    Operand<TFloat32> x = stride == 1 ? in : Conv2d.averagePool2(tf, in);
    int missing = (int) (channels - x.shape().get(3));
    return missing == 0
        ? x
        : tf.pad(
            x, tf.constant(new int[][] {{0, 0}, {0, 0}, {0, 0}, {0, missing}}), tf.constant(0f));
  }

  private static Operand<TFloat32> activate(
      Ops tf, BatchNorm norm, Operand<TFloat32> x, @Nullable Collection<NextValue> updates) {
    return tf.nn.relu(updates == null ? norm.inference(tf, x) : norm.training(tf, x, updates));
  }

  @Override
  public long[] imageShape() {
    return new long[] {settings.imageSize(), settings.imageSize(), MEAN.length};
  }

  @Override
  public int classes() {
    return settings.classes();
  }

  @Override
  public Map<String, Operand<TFloat32>> generatedKernels() {
    return PlainKernels.generated(source, kernels);
  }

  @Override
  public Map<String, Operand<TFloat32>> kernels() {
    Map<String, Operand<TFloat32>> all = new LinkedHashMap<>();
    all.put("conv1", kernel1.value());
    all.putAll(kernels);
    return all;
  }
}
