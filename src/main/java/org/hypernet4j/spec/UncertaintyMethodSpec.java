// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Items;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;

/** Where several networks for one task come from. */
@Doc("Where networks that predict together come from")
// in the order of help and schema
public sealed interface UncertaintyMethodSpec
    permits UncertaintyMethodSpec.Bayesian,
        UncertaintyMethodSpec.Implicit,
        UncertaintyMethodSpec.Rows,
        UncertaintyMethodSpec.Ensemble,
        UncertaintyMethodSpec.One {
  /** Documentation of a key that several types have. */
  String DRAWS = "R: networks that are drawn for an evaluation, and by the function 'sample'";

  /** Documentation of a key that several types have. */
  String MEMBERS = "M: networks that predict together";

  /**
   * A Bayesian hypernetwork (Krueger et al. 2017): a flow of couplings makes the scale factors of
   * weight-normalised layers.
   *
   * @param couplings of the flow
   * @param couplingUnits units of each ReLU layer of a coupling
   * @param shifts whether biases come from the flow too
   * @param priorMean of a scale factor; that of a shift is 0
   * @param priorStddev of all
   * @param startStddev of each number of the flow before the training
   * @param klWeight factor of the divergence; 1 for the bound on the evidence
   * @param draws R
   */
  @Doc("A Bayesian hypernetwork (Krueger et al. 2017): couplings make the layers' scale factors")
  @TypeName("bayesian")
  record Bayesian(
      @Doc("Affine couplings with exact log-determinants") @Default("2") @Range(min = 0, max = 100)
          int couplings,
      @Doc("Units of each ReLU layer of a coupling")
          @Default("[64]")
          @Items(min = 0, max = 100)
          @Range(min = 1, max = 65_536)
          List<Integer> couplingUnits,
      @Doc("Whether biases come from the couplings too, besides scale factors") @Default("false")
          boolean shifts,
      @Doc("Mean of the normal prior of a scale factor; that of a bias is 0")
          @Default("1")
          @Range(min = -1000, max = 1000)
          double priorMean,
      @Doc("Standard deviation of the prior") @Default("1") @Range(min = 1e-3, max = 1000)
          double priorStddev,
      @Doc("Standard deviation of scale factors before the training")
          @Default("0.1")
          @Range(min = 1e-6, max = 1000)
          double startStddev,
      @Doc("Factor of the divergence from the prior; 1 for the bound on the evidence")
          @Default("1")
          @Range(min = 0, max = 1e6)
          double klWeight,
      @Doc(DRAWS) @Default("30") @Range(min = 1, max = 1000) int draws)
      implements UncertaintyMethodSpec {
    /** Copies the list. */
    public Bayesian {
      couplingUnits = List.copyOf(couplingUnits);
    }
  }

  /**
   * All weights made from noise by a generator (Pawlowski et al. 2017, without their estimate of
   * the divergence).
   *
   * @param noiseSize Z, numbers of noise
   * @param generator what makes the weights
   * @param diversity weight of the term that keeps draws apart, 0 for none
   * @param draws R
   */
  @Doc("All weights from noise by a generator; without diversity the noise comes to be ignored")
  @TypeName("implicit")
  record Implicit(
      @Doc("Z: numbers of noise") @Default("8") @Range(min = 1, max = 4096) int noiseSize,
      @Doc("What makes the weights, from noise") GeneratorSpec generator,
      @Doc(
              "Weight of the term that keeps two draws apart, in units of the entropy of a"
                  + " variational bound; 0 for none")
          @Default("0")
          @Range(min = 0, max = 1e6)
          double diversity,
      @Doc(DRAWS) @Default("30") @Range(min = 1, max = 1000) int draws)
      implements UncertaintyMethodSpec {
    /** Refuses what makes nothing from noise. */
    public Implicit {
      requireReads("noise", generator);
    }
  }

  /**
   * A row of numbers learned for each network, from which one generator makes its weights.
   *
   * @param members M
   * @param rowSize numbers of a row
   * @param generator what makes the weights
   */
  @Doc("All weights of each network from a learned row of its own, by one generator")
  @TypeName("rows")
  record Rows(
      @Doc(MEMBERS) @Default("5") @Range(min = 1, max = 1000) int members,
      @Doc("Numbers in each row") @Default("8") @Range(min = 1, max = 4096) int rowSize,
      @Doc("What makes the weights, from a row") GeneratorSpec generator)
      implements UncertaintyMethodSpec {
    /** Refuses what makes nothing from a row. */
    public Rows {
      requireReads("a row", generator);
    }
  }

  /**
   * Separate networks, each from a start of its own (Lakshminarayanan et al. 2017).
   *
   * @param members M
   */
  @Doc("Separate networks, each from a start of its own; for comparison")
  @TypeName("ensemble")
  record Ensemble(@Doc(MEMBERS) @Default("5") @Range(min = 1, max = 1000) int members)
      implements UncertaintyMethodSpec {}

  /** One network, whose doubt is that of its probabilities alone. */
  @Doc("One network; for comparison")
  @TypeName("one")
  record One() implements UncertaintyMethodSpec {}

  private static void requireReads(String condition, GeneratorSpec generator) {
    if (generator instanceof GeneratorSpec.Plain || generator instanceof GeneratorSpec.Separate) {
      throw UserError.in("generator")
          .what("makes no weights from " + condition)
          .expected("a generator that reads a condition, such as chunked or heads")
          .received(generator instanceof GeneratorSpec.Plain ? "plain" : "separate")
          .next("for separate networks take the method 'ensemble', for a single one 'one'")
          .build();
    }
  }
}
