// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Shapes;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Layers that read a text through a window of their own making, which moves along it (Graves,
 * arXiv:1308.0850, section 5.1): handwriting of a given line, or any output that follows a sequence
 * of symbols in order.
 *
 * <pre>
 * (alpha, beta, step) = exp(h kernel + bias)          h: the first layer's output
 * kappa'  = kappa + step
 * phi(u)  = sum_k alpha_k exp(-beta_k (kappa'_k - u)^2)
 * w'      = sum_u phi(u) c_u                          c_u: vector of the character at u
 * </pre>
 *
 * <p>The first layer reads {@code [x, w]}, the layers above {@code [x, w', h]}, h the output of the
 * layer below, as far as the {@link SoftWindowSettings} let them: rows of their input matrices are
 * in this order. What a layer reads of x is projected before a loop if the layer reads its input
 * through one matrix.
 *
 * <p>Parameters, besides those of the layers: {@code window/kernel [units, 3K]}, or {@code [x + C +
 * units, 3K]} with rows x, w, h if the window reads the input, and {@code window/bias [3K]};
 * columns alpha, beta, step.
 *
 * <p>{@link #reading} gives the cell that reads a certain batch of texts, to be run by a scan, an
 * unroll or step by step:
 *
 * <pre>{@code
 * SoftWindowSettings settings = SoftWindowSettings.graves(10, 57);
 * List<RnnCell<?>> layers = new ArrayList<>();
 * for (int layer = 0; layer < 3; layer++) {
 *   int inputs = settings.layerInputSize(layer, 3, 400);
 *   layers.add(new LstmCell(scope.child("layer" + layer), LstmCell.Settings.of(inputs, 400)));
 * }
 * SoftWindowCell writer = new SoftWindowCell(scope, settings, layers);
 * TextReadingCell cell = writer.reading(tf, characters, lengths);
 * }</pre>
 */
public final class SoftWindowCell {
  static final String WHERE = "soft window cell";

  private final SoftWindowSettings settings;
  private final Layers layers;
  private final int inputSize;
  private final SoftWindow window;

  /**
   * Creates the window's parameters.
   *
   * @param scope for the window, in which it has the scope {@code window}
   * @param layers bottom first, each of the size that {@link SoftWindowSettings#layerInputSize}
   *     tells; that of x is what remains of the first
   * @throws UserError if a size does not fit, or the settings name a layer that is not there
   */
  public SoftWindowCell(
      ParameterScope scope, SoftWindowSettings settings, List<? extends RnnCell<?>> layers) {
    if (layers.isEmpty()) {
      throw UserError.in(WHERE).what("there are no layers").expected("at least one").build();
    }
    if (settings.highestNamed() >= layers.size()) {
      throw UserError.in(WHERE)
          .what("the settings name a layer that is not there")
          .expected("layers 0 to " + (layers.size() - 1))
          .received(settings.highestNamed())
          .build();
    }
    this.settings = settings;
    this.layers = new Layers(List.copyOf(layers), settings.outputDropout());
    this.inputSize = layers.get(0).inputSize() - settings.layerInputSize(0, 0, 0);
    for (int i = 0; i < layers.size(); i++) {
      int below = i == 0 ? 0 : layers.get(i - 1).outputSize();
      int expected = settings.layerInputSize(i, Math.max(1, inputSize), below);
      if (layers.get(i).inputSize() != expected) {
        throw UserError.in(WHERE + ", layer " + i)
            .what("the input size is not that of what the layer reads")
            .expected(
                expected
                    + ", of x "
                    + (settings.readsInput(i) ? Math.max(1, inputSize) : 0)
                    + ", the window "
                    + (settings.readsWindow(i) ? settings.characters() : 0)
                    + " and the layer below "
                    + below)
            .received(layers.get(i).inputSize())
            .next("take it from the settings: layerInputSize(layer, inputSize, below)")
            .build();
      }
    }
    window = new SoftWindow(scope.child("window"), settings, inputSize, layers.get(0).outputSize());
  }

  /** Size of the input x. */
  public int inputSize() {
    return inputSize;
  }

  /** Size of the output: that of all layers together, or of the top. */
  public int outputSize() {
    return settings.allLayersOut() ? layers.outputs() : layers.top().outputSize();
  }

  /** The state, which is the same whatever text is read; zeros at a text's beginning. */
  public StateLayout<SoftWindowState> stateLayout() {
    return SoftWindowState.layout(layers.stateLayout(), settings);
  }

  /** The settings. */
  public SoftWindowSettings settings() {
    return settings;
  }

  /**
   * The cell that reads these texts. A derivative by the characters is available; for one-hot
   * vectors {@link #readingIds} spares it.
   *
   * @param characters a vector for each character, one-hot or of any other kind: {@code [batch, U,
   *     C]}; a text for each sequence
   * @param lengths characters of each text, {@code [batch]}, from 0 to U; what is past them has no
   *     influence, even if it is NaN. Null if all have U
   */
  public TextReadingCell reading(
      Ops tf, Operand<TFloat32> characters, @Nullable Operand<TInt32> lengths) {
    return reading(BoundText.of(tf, characters, lengths, settings.characters(), true));
  }

  /**
   * The cell that reads these texts in one-hot form.
   *
   * @param ids the number of each character, {@code [batch, U]}, from 0 to C - 1; any other number
   *     is a vector of zeros
   * @param lengths as in {@link #reading}
   */
  public TextReadingCell readingIds(
      Ops tf, Operand<TInt32> ids, @Nullable Operand<TInt32> lengths) {
    Shapes.require(WHERE, "ids", ids.shape(), -1, -1);
    Operand<TFloat32> vectors =
        tf.oneHot(ids, tf.constant(settings.characters()), tf.constant(1f), tf.constant(0f));
    return reading(BoundText.of(tf, vectors, lengths, settings.characters(), false));
  }

  private TextReadingCell reading(BoundText text) {
    return new TextReadingCell(this, layers, window, text);
  }
}
