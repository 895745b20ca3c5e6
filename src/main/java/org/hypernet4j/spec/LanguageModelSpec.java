// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.error.UserError;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;

/**
 * A language model of HyperNetworks sections 4.3 and 4.4: one-hot symbols, recurrent layers, a
 * softmax over symbols. There is no embedding of symbols.
 *
 * @param symbols V, at least the size of the text's vocabulary
 */
@Doc("A language model: one-hot symbols, recurrent layers, a softmax over the symbols")
@TypeName("language-model")
public record LanguageModelSpec(
    @Doc("V: size of input and output; at least the number of different symbols in the text")
        @Range(min = 2, max = 65_536)
        int symbols,
    @Doc("The recurrent cell of each layer") CellSpec cell,
    @Doc("Cells on top of each other") @Default("1") @Range(min = 1, max = 100) int layers,
    @Doc("Dropout in training") @Default("{}") KeepSpec keep)
    implements ModelSpec {

  /** Refuses dropout in places that the network does not have. */
  public LanguageModelSpec {
    keep.requirePlaces(cell, layers);
  }

  @Override
  public boolean gainsFromCompilation() {
    return true;
  }

  @Override
  public String kind() {
    return "a language model";
  }

  @Override
  public void requireFits(DataSpec data) {
    if (!(data instanceof LanguageDataSpec)) {
      throw UserError.in("data.type")
          .what("a language model cannot learn from these data")
          .expected("text: ptb, bytes or text")
          .received(data.typeName())
          .build();
    }
    if (data instanceof PtbDataSpec && symbols < PtbDataSpec.SYMBOLS) {
      throw UserError.in("model.symbols")
          .what("does not fit the data")
          .expected("at least " + PtbDataSpec.SYMBOLS + " for the Penn Treebank")
          .received(symbols)
          .build();
    }
  }
}
