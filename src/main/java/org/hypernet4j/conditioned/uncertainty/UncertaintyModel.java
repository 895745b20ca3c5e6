// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.uncertainty;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.conditioned.Functions;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.internal.KeyedRandom;
import org.hypernet4j.nn.Weights;
import org.hypernet4j.spec.UncertaintyMethodSpec;
import org.hypernet4j.spec.UncertaintySpec;
import org.hypernet4j.zoo.MlpNetwork;
import org.hypernet4j.zoo.ScaledMlp;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/** The networks of a specification and what they compute. */
final class UncertaintyModel {
  static final int PIXELS = UncertaintySpec.IMAGE_SIZE * UncertaintySpec.IMAGE_SIZE;

  /** The function that draws networks itself. */
  static final String SAMPLE = "sample";

  /** The inner function with the logits of every network for the same images. */
  static final String DRAWS = "draws";

  /** The inner function with the weights of one network. */
  static final String WEIGHTS = "weights";

  static final String IMAGE = "image";
  static final String NOISE = "z";
  static final String SEED = "seed";
  static final String MEMBER = "member";
  static final String LOGITS = "logits";

  private final Networks networks;

  /** Creates the parameters. */
  UncertaintyModel(ParameterScope scope, UncertaintySpec spec) {
    UncertaintyMethodSpec method = spec.method();
    if (method instanceof UncertaintyMethodSpec.Bayesian bayesian) {
      networks = new BayesianNetworks(scope, spec, bayesian);
    } else if (method instanceof UncertaintyMethodSpec.Implicit implicit) {
      networks = new ImplicitNetworks(scope, spec, implicit);
    } else if (method instanceof UncertaintyMethodSpec.Rows rows) {
      networks = ListedNetworks.ofRows(scope, spec, rows);
    } else if (method instanceof UncertaintyMethodSpec.Ensemble ensemble) {
      networks = ListedNetworks.separate(scope, spec, ensemble.members());
    } else {
      networks = ListedNetworks.one(scope, spec);
    }
  }

  /** How many networks of a specification predict together. */
  static int count(UncertaintyMethodSpec method) {
    if (method instanceof UncertaintyMethodSpec.Bayesian bayesian) {
      return bayesian.draws();
    } else if (method instanceof UncertaintyMethodSpec.Implicit implicit) {
      return implicit.draws();
    } else if (method instanceof UncertaintyMethodSpec.Rows rows) {
      return rows.members();
    }
    return method instanceof UncertaintyMethodSpec.Ensemble ensemble ? ensemble.members() : 1;
  }

  /** Whether networks are made from noise. */
  static boolean hasNoise(UncertaintyMethodSpec method) {
    return method instanceof UncertaintyMethodSpec.Bayesian
        || method instanceof UncertaintyMethodSpec.Implicit;
  }

  /** Z, numbers of noise for one network; 0 where there is none. */
  static int noiseSize(UncertaintySpec spec) {
    if (spec.method() instanceof UncertaintyMethodSpec.Bayesian bayesian) {
      List<Integer> layers = new ArrayList<>(spec.hidden());
      layers.add(UncertaintySpec.CLASSES);
      return ScaledMlp.size(layers, bayesian.shifts());
    }
    return spec.method() instanceof UncertaintyMethodSpec.Implicit implicit
        ? implicit.noiseSize()
        : 0;
  }

  /** The network whose weights are made. */
  static MlpNetwork network(UncertaintySpec spec) {
    return new MlpNetwork(PIXELS, spec.hidden(), UncertaintySpec.CLASSES);
  }

  /** The kernels among weights. */
  static List<Operand<TFloat32>> kernels(Ops tf, Weights weights) {
    List<Operand<TFloat32>> kernels = new ArrayList<>();
    weights
        .tensors(tf)
        .forEach(
            (name, weight) -> {
              if (name.endsWith("/kernel")) {
                kernels.add(weight);
              }
            });
    return kernels;
  }

  /** The networks. */
  Networks networks() {
    return networks;
  }

  /** {@code [n, 28, 28, 1] -> [n, 784]}. */
  static Operand<TFloat32> flat(Ops tf, Operand<TFloat32> images) {
    return tf.reshape(images, tf.constant(new long[] {-1, PIXELS}));
  }

  /** What the model computes. */
  Functions functions(ParameterScope scope) {
    Ops tf = scope.child("inference").tf();
    long side = UncertaintySpec.IMAGE_SIZE;
    Operand<TFloat32> image = placeholder(tf, IMAGE, TFloat32.class, -1, side, side, 1);
    Operand<TFloat32> x = flat(tf, image);
    return networks instanceof NoiseNetworks noise
        ? functions(tf, noise, image, x)
        : functions(tf, (ListedNetworks) networks, image, x);
  }

  private static Functions functions(
      Ops tf, NoiseNetworks networks, Operand<TFloat32> image, Operand<TFloat32> x) {
    int size = networks.noiseSize();
    Operand<TFloat32> z = placeholder(tf, NOISE, TFloat32.class, -1, -1, size);
    Operand<TInt64> seed = placeholder(tf, SEED, TInt64.class, -1);
    long together = networks.together() == 0 ? -1 : networks.together();
    Operand<TFloat32> shared =
        placeholder(tf.withSubScope("shared"), NOISE, TFloat32.class, together, size);
    Operand<TFloat32> one = placeholder(tf.withSubScope("one"), NOISE, TFloat32.class, 1, size);
    Operand<TFloat32> drawn = KeyedRandom.normalRows(tf, seed, networks.count(), size);
    Ops sample = tf.withSubScope(SAMPLE);
    return new Functions(
        List.of(
            new ServingSignature(
                ServingSignature.DEFAULT_KEY,
                inputs(IMAGE, image, NOISE, z),
                PredictionOps.of(tf, networks.each(tf, x, z), 1, List.of(image, z))),
            new ServingSignature(
                SAMPLE,
                inputs(IMAGE, image, SEED, seed),
                PredictionOps.of(sample, networks.each(sample, x, drawn), 1, List.of(image)))),
        List.of(
            new ServingSignature(
                DRAWS,
                inputs(IMAGE, image, NOISE, shared),
                Map.of(LOGITS, networks.all(tf, x, shared))),
            new ServingSignature(WEIGHTS, Map.of(NOISE, one), aliases(networks.weights(tf, one)))));
  }

  private static Functions functions(
      Ops tf, ListedNetworks networks, Operand<TFloat32> image, Operand<TFloat32> x) {
    Operand<TInt32> member = placeholder(tf, MEMBER, TInt32.class, 1);
    Operand<TFloat32> logits = networks.all(tf, x);
    return new Functions(
        List.of(
            new ServingSignature(
                ServingSignature.DEFAULT_KEY,
                Map.of(IMAGE, image),
                PredictionOps.of(tf, logits, 0, List.of(image)))),
        List.of(
            new ServingSignature(DRAWS, Map.of(IMAGE, image), Map.of(LOGITS, logits)),
            new ServingSignature(
                WEIGHTS, Map.of(MEMBER, member), aliases(networks.weights(tf, member)))));
  }

  private static Map<String, Operand<?>> inputs(
      String first, Operand<?> one, String second, Operand<?> other) {
    Map<String, Operand<?>> inputs = new LinkedHashMap<>();
    inputs.put(first, one);
    inputs.put(second, other);
    return inputs;
  }

  private static Map<String, Operand<?>> aliases(Map<String, Operand<TFloat32>> weights) {
    Map<String, Operand<?>> aliases = new LinkedHashMap<>();
    weights.forEach((name, weight) -> aliases.put(alias(name), weight));
    return aliases;
  }

  /** The name of a weight among the outputs of a function. */
  static String alias(String name) {
    return name.replace('/', '_');
  }

  private static <T extends TType> Operand<T> placeholder(
      Ops tf, String name, Class<T> type, long... sizes) {
    return tf.withName(name).placeholder(type, Placeholder.shape(Shape.of(sizes)));
  }
}
