// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.error.UserError;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;

/**
 * Networks for every strength of a weight decay, and the strength that suits other data best
 * (Lorraine and Duvenaud, "Stochastic hyperparameter optimization through hypernetworks", 2018).
 *
 * @param images training images that are used
 * @param lowest the weakest decay, log10 of lambda
 * @param highest the strongest
 * @param start log10 lambda at which the search begins
 * @param spread standard deviation of the strengths around the one found so far, in log10
 * @param draws strengths drawn for a step
 * @param points strengths from lowest to highest at which models are measured
 */
@Doc(
    "A network for every strength of an L2 weight decay, and the best strength (Lorraine and"
        + " Duvenaud 2018)")
@TypeName("best-response")
public record BestResponseModelSpec(
    @Doc("The network that reads an image") @Default("{\"type\": \"mlp\", \"hidden\": [50]}")
        NetworkSpec network,
    @Doc(
            "How its weights are made from log10 lambda; 'separate' has a network for each of"
                + " 'points'")
        @Default("{\"type\": \"heads\", \"hiddenSizes\": [50, 50]}")
        GeneratorSpec generator,
    @Doc("Training images that are used, the first of them")
        @Default("1000")
        @Range(min = 1, max = 1_000_000)
        int images,
    @Doc(
            "The weakest decay: log10 of lambda, the weight of half the sum of squares of all"
                + " kernels in the loss")
        @Default("-5")
        @Range(min = -20, max = 5)
        double lowest,
    @Doc("The strongest decay, log10 of lambda") @Default("-0.5") @Range(min = -20, max = 5)
        double highest,
    @Doc("log10 of lambda at which the search for the best begins")
        @Default("-4")
        @Range(min = -20, max = 5)
        double start,
    @Doc(
            "Standard deviation of the strengths that are drawn around the best so far, in log10;"
                + " those out of range are moved to its ends")
        @Default("1.5")
        @Range(min = 0.001, max = 20)
        double spread,
    @Doc("Strengths drawn for each training step; the batch is shared out evenly among them")
        @Default("10")
        @Range(min = 1, max = 1000)
        int draws,
    @Doc(
            "Strengths, evenly spaced from lowest to highest, at which the networks are measured;"
                + " those of separate networks")
        @Default("10")
        @Range(min = 2, max = 100)
        int points)
    implements ModelSpec {

  /** Checks the order of the strengths, and that the generator has a use for them. */
  public BestResponseModelSpec {
    if (generator instanceof GeneratorSpec.Plain) {
      throw UserError.in("generator")
          .what("makes the same network for every strength")
          .expected("a generator that reads the strength, 'heads' for example, or 'separate'")
          .received("plain")
          .build();
    }
    if (!(lowest < highest)) {
      throw UserError.in("highest")
          .what("the strongest decay is not above the weakest")
          .expected("more than " + lowest)
          .received(highest)
          .build();
    }
    if (start < lowest || start > highest) {
      throw UserError.in("start")
          .what("the search begins out of range")
          .expected(lowest + " to " + highest)
          .received(start)
          .build();
    }
  }

  /** Whether each of the points has a network of its own. */
  public boolean separate() {
    return generator instanceof GeneratorSpec.Separate;
  }

  /** Networks that a training step computes, each on its share of the batch. */
  public int rows() {
    return separate() ? points : draws;
  }

  /** One of the points, log10 of lambda. */
  public double point(int i) {
    return lowest + (highest - lowest) * i / (points - 1);
  }

  @Override
  public String kind() {
    return "networks for strengths of a weight decay";
  }

  @Override
  public void requireFits(DataSpec data) {
    ImageDataSpec.requireFits(data, "mnist", 28, 10);
    ImageDataSpec.requireUnchanged((ImageDataSpec) data);
  }
}
