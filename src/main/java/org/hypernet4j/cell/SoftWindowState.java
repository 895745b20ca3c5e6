// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The state of a cell that reads a text: those of its layers, then {@code window/alpha}, {@code
 * window/beta}, {@code window/kappa} and {@code window/w}. The next step reads the layers, kappa
 * and w; alpha and beta tell, together with kappa, where in the text the cell has just read.
 *
 * @param layers the parts of each layer's state, bottom first
 * @param alpha importance of each component of the window, {@code [batch, K]}
 * @param beta its narrowness, or its width where that divides, {@code [batch, K]}
 * @param kappa its position in the text, {@code [batch, K]}, in characters
 * @param w what the window showed, {@code [batch, C]}
 */
public record SoftWindowState(
    StackedState layers,
    Operand<TFloat32> alpha,
    Operand<TFloat32> beta,
    Operand<TFloat32> kappa,
    Operand<TFloat32> w) {

  static StateLayout<SoftWindowState> layout(
      StateLayout<StackedState> layers, SoftWindowSettings settings) {
    int first = layers.parts().size();
    List<StatePart> parts = new ArrayList<>(layers.parts());
    for (String name : List.of("alpha", "beta", "kappa")) {
      parts.add(new StatePart(name, settings.components()).below("window"));
    }
    parts.add(new StatePart("w", settings.characters()).below("window"));
    return StateLayout.of(
        parts,
        all ->
            new SoftWindowState(
                layers.state(all.subList(0, first)),
                all.get(first),
                all.get(first + 1),
                all.get(first + 2),
                all.get(first + 3)),
        state -> {
          List<Operand<TFloat32>> all = new ArrayList<>(layers.tensors(state.layers()));
          all.addAll(List.of(state.alpha(), state.beta(), state.kappa(), state.w()));
          return all;
        });
  }
}
