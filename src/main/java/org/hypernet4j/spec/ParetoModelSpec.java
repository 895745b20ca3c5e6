// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Items;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;
import org.jspecify.annotations.Nullable;

/**
 * Two digits in one picture, and networks for every preference between the losses of the two (Navon
 * et al., "Learning the Pareto front with hypernetworks", ICLR 2021).
 *
 * @param rays preferences drawn for a step, where none are fixed
 * @param alpha of the Dirichlet distribution that they are drawn from
 * @param weights fixed weights of the first loss, one for each separate network, or null
 * @param picturesPerImage training pictures for each training image
 */
@Doc(
    "Two digits in one picture: a network for every preference between their losses (Navon et al."
        + " 2021)")
@TypeName("pareto")
public record ParetoModelSpec(
    @Doc("The network that reads a picture, 36 by 36 pixels")
        @Default("{\"type\": \"conv\", \"filters\": [10, 20], \"kernelSize\": 5, \"hidden\": [50]}")
        NetworkSpec network,
    @Doc(
            "How its weights are made from the preference; 'separate' has a network for each of"
                + " 'weights'")
        @Default("{\"type\": \"heads\", \"hiddenSizes\": [100, 100, 100]}")
        GeneratorSpec generator,
    @Doc("Preferences drawn for each training step; the batch is shared out evenly among them")
        @Default("5")
        @Range(min = 1, max = 1000)
        int rays,
    @Doc(
            "Both parameters of the Dirichlet distribution of preferences: 1 is uniform, less draws"
                + " more of the extreme ones")
        @Default("1")
        @Range(min = 0.01, max = 100)
        double alpha,
    @Doc(
            "Weights of the first loss in place of drawn preferences, one for each network of the"
                + " generator 'separate', which needs them; the second loss has the rest")
        @Default(Default.NONE)
        @Items(min = 1, max = 100)
        @Range(min = 0, max = 1)
        @Nullable List<Double> weights,
    @Doc("Training pictures for each training image") @Default("2") @Range(min = 1, max = 100)
        int picturesPerImage)
    implements ModelSpec {

  /** Checks that there are weights for separate networks and for no others. */
  public ParetoModelSpec {
    weights = weights == null ? null : List.copyOf(weights);
    boolean separate = generator instanceof GeneratorSpec.Separate;
    if (separate != (weights != null)) {
      throw UserError.in("weights")
          .what(
              separate
                  ? "separate networks need fixed preferences"
                  : "fixed preferences are for separate networks")
          .expected(separate ? "a weight of the first loss for each network" : "no 'weights'")
          .received(separate ? "none" : weights)
          .next(separate ? "add 'weights'" : "leave 'weights' out, or choose 'separate'")
          .build();
    }
    if (weights != null && weights.stream().distinct().count() < weights.size()) {
      throw UserError.in("weights")
          .what("two networks have one preference")
          .expected("weights that differ")
          .received(weights)
          .build();
    }
  }

  /** Networks that a training step computes, each on its share of the batch. */
  public int rows() {
    return weights == null ? rays : weights.size();
  }

  @Override
  public String kind() {
    return "networks for preferences between two losses";
  }

  @Override
  public void requireFits(DataSpec data) {
    ImageDataSpec.requireFits(data, "mnist", 28, 10);
    ImageDataSpec.requireUnchanged((ImageDataSpec) data);
  }
}
