// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.uncertainty;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.build.SpecNetworks;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.hyper.Condition;
import org.hypernet4j.hyper.TaskEmbeddings;
import org.hypernet4j.nn.ConditionedNetwork;
import org.hypernet4j.nn.Weights;
import org.hypernet4j.spec.GeneratorSpec;
import org.hypernet4j.spec.InitializerSpec;
import org.hypernet4j.spec.UncertaintyMethodSpec;
import org.hypernet4j.spec.UncertaintySpec;
import org.hypernet4j.zoo.MlpNetwork;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A list of M networks: made by one generator from a learned row each, {@code members/z [M, N]}, or
 * with parameters of their own.
 */
final class ListedNetworks implements Networks {
  private final int members;
  private final boolean apart;
  private final MlpNetwork network;
  private final ConditionedNetwork conditioned;
  private final @Nullable TaskEmbeddings rows;

  private ListedNetworks(
      ParameterScope scope,
      UncertaintySpec model,
      int members,
      GeneratorSpec generator,
      @Nullable TaskEmbeddings rows) {
    this.members = members;
    this.rows = rows;
    apart = generator instanceof GeneratorSpec.Separate;
    network = UncertaintyModel.network(model);
    conditioned =
        SpecNetworks.conditioned(scope, network, generator, rows == null ? members : rows.size());
  }

  /** Networks from learned rows. */
  static ListedNetworks ofRows(
      ParameterScope scope, UncertaintySpec model, UncertaintyMethodSpec.Rows spec) {
    TaskEmbeddings rows =
        new TaskEmbeddings(
            scope.child("members"), spec.members(), 1, spec.rowSize(), Initializers.normal(0f, 1f));
    return new ListedNetworks(scope, model, spec.members(), spec.generator(), rows);
  }

  /** Networks without anything in common. */
  static ListedNetworks separate(ParameterScope scope, UncertaintySpec model, int members) {
    return new ListedNetworks(scope, model, members, new GeneratorSpec.Separate(), null);
  }

  /** One network, whose parameters have the names of {@link MlpNetwork}. */
  static ListedNetworks one(ParameterScope scope, UncertaintySpec model) {
    GeneratorSpec plain = new GeneratorSpec.Plain(new InitializerSpec.HeNormal());
    return new ListedNetworks(scope, model, 1, plain, null);
  }

  @Override
  public int count() {
    return members;
  }

  @Override
  public Training training(Ops tf, Operand<TFloat32> x, Step step) {
    Weights weights = weights(tf);
    Operand<TFloat32> logits = all(tf, x, weights);
    if (rows == null) {
      return new Training(logits, List.of(), Map.of(), List.of(), apart ? members : 1);
    }
    return Training.of(logits, UncertaintyModel.kernels(tf, weights));
  }

  /**
   * Every network reads all images.
   *
   * @param x {@code [n, pixels]}
   * @return logits {@code [M, n, classes]}
   */
  Operand<TFloat32> all(Ops tf, Operand<TFloat32> x) {
    return all(tf, x, weights(tf));
  }

  private Operand<TFloat32> all(Ops tf, Operand<TFloat32> x, Weights weights) {
    return network.apply(tf, weights, ImplicitNetworks.repeated(tf, x, members));
  }

  /** Of all networks, {@code [M, shape]}. */
  private Weights weights(Ops tf) {
    if (rows != null) {
      return conditioned.weights(tf, Condition.of(rows.parameter().value()));
    }
    float[][] oneHot = new float[members][members];
    for (int i = 0; i < members; i++) {
      oneHot[i][i] = 1;
    }
    return conditioned.weights(tf, Condition.of(tf.constant(oneHot)));
  }

  /**
   * One network.
   *
   * @param member its number from 0, {@code [1]}
   * @return its weights by the names of {@link MlpNetwork}
   */
  Map<String, Operand<TFloat32>> weights(Ops tf, Operand<TInt32> member) {
    Map<String, Operand<TFloat32>> one = new LinkedHashMap<>();
    Map<String, Operand<TFloat32>> all = weights(tf).tensors(tf);
    network
        .weights()
        .shapes()
        .forEach(
            (name, weight) -> {
              Operand<TFloat32> weights = all.getOrDefault(name, tf.constant(0f));
              boolean own = weights.shape().numDimensions() > weight.shape().numDimensions();
              one.put(
                  name,
                  tf.reshape(
                      own ? tf.gather(weights, member, tf.constant(0)) : weights,
                      tf.constant(weight.shape().asArray())));
            });
    return one;
  }
}
