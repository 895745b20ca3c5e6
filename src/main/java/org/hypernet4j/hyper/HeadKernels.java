// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.ParameterScope;

/**
 * ReLU layers that read the condition, and a linear head for each weight of the network (Navon,
 * Shamsian, Fetaya and Chechik, "Learning the Pareto front with hypernetworks", ICLR 2021); or a
 * ReLU network for each weight (Sitzmann et al., "Implicit neural representations with periodic
 * activation functions", NeurIPS 2020).
 *
 * <pre>
 * h_0 = c,   h_l = ReLU(h_(l-1) W_l + b_l)       l = 1 .. L; one for all weights, or one for each
 * w_j = h_L H_j + B_j
 * </pre>
 *
 * <p>At the start B is zero and H has the variance that gives {@code w_j} the one that its kernel
 * requires, or, {@link #aroundOne}, B has the initial values of an ordinary network and H is small:
 * then all conditions begin with nearly the same network.
 *
 * <p>Parameters: {@code generator/hidden<l>/W}, {@code .../b} (with the name of the weight between
 * {@code generator} and {@code hidden<l>} where each has its own), {@code generator/<name>/H [n_L,
 * size]}, {@code generator/<name>/B [size]}.
 *
 * @param hiddenSizes n_1 .. n_L
 * @param apart whether each weight has ReLU layers of its own
 * @param target the variance that generated weights begin with, if {@code spread} is 0
 * @param spread the factor of H, whose entries otherwise begin with the variance 2 / n_L; 0 for a
 *     start by {@code target}
 */
public record HeadKernels(
    List<Integer> hiddenSizes, boolean apart, TargetVariance target, double spread)
    implements ConditionalSource {
  /** The factor in the code of Sitzmann et al. */
  public static final double SMALL = 0.01;

  /** Checks the sizes. */
  public HeadKernels {
    hiddenSizes = List.copyOf(hiddenSizes);
    ReluLayers.requirePositive("hypernetwork of heads", hiddenSizes);
    if (!(spread >= 0 && spread < Double.POSITIVE_INFINITY)) {
      throw UserError.in("hypernetwork of heads")
          .what("the spread is out of range")
          .expected("0 or a positive number")
          .received(spread)
          .build();
    }
  }

  /** Shared ReLU layers; every condition begins with another network. */
  public static HeadKernels of(List<Integer> hiddenSizes, TargetVariance target) {
    return new HeadKernels(hiddenSizes, false, target, 0);
  }

  /** ReLU layers for each weight; all conditions begin with nearly the same network. */
  public static HeadKernels aroundOne(List<Integer> hiddenSizes) {
    return new HeadKernels(hiddenSizes, true, TargetVariance.KAIMING_IN, SMALL);
  }

  @Override
  public Hypernetwork conditioned(ParameterScope scope, WeightTable table, int conditionSize) {
    return new ConditionedHeads(scope, this, table.requireSome(conditionSize), conditionSize);
  }

  @Override
  public long parameterCount(WeightTable table, int conditionSize) {
    table.requireSome(conditionSize);
    long trunks = apart ? table.shapes().size() : 1;
    return trunks * ReluLayers.parameterCount(conditionSize, hiddenSizes)
        + (ReluLayers.outputs(conditionSize, hiddenSizes) + 1L) * table.size();
  }
}
