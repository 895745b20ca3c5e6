// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.error.UserError;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;

/** Dropout of a recurrent model in training: the share of entries that stay, 1 for no dropout. */
@Doc("Dropout in training: the share of entries that STAY; 1 is no dropout")
public record KeepSpec(
    @Doc("Of the symbols that are shown") @Default("1") @Range(min = 0.001, max = 1) double input,
    @Doc("Of the top cell's output on its way to the output layer")
        @Default("1")
        @Range(min = 0.001, max = 1)
        double output,
    @Doc("Of the candidate tanh(g) in the main cell, anew at every step")
        @Default("1")
        @Range(min = 0.001, max = 1)
        double recurrent,
    @Doc("Of the candidate tanh(g) in the small cell") @Default("1") @Range(min = 0.001, max = 1)
        double hyperRecurrent,
    @Doc("Of a layer's output on its way to the next layer")
        @Default("1")
        @Range(min = 0.001, max = 1)
        double between) {
  /** No dropout. */
  public static final KeepSpec NONE = new KeepSpec(1, 1, 1, 1, 1);

  /** Refuses dropout in places that the layers of a model do not have. */
  void requirePlaces(CellSpec cell, int layers) {
    boolean hyper = cell instanceof CellSpec.HyperLstm || cell instanceof CellSpec.HyperGru;
    boolean gates = hyper || cell instanceof CellSpec.Lstm || cell instanceof CellSpec.Gru;
    requirePlace("recurrent", recurrent, gates, "an LSTM or a HyperLSTM, a GRU or a HyperGRU");
    requirePlace("hyperRecurrent", hyperRecurrent, hyper, "a HyperLSTM or a HyperGRU");
    requirePlace("between", between, layers > 1, "two layers or more");
  }

  private static void requirePlace(String key, double keep, boolean has, String needs) {
    if (keep < 1 && !has) {
      throw UserError.in("keep." + key)
          .what("the network has no place for this dropout")
          .expected("1, or " + needs)
          .received(keep)
          .next("leave 'keep." + key + "' out")
          .build();
    }
  }
}
