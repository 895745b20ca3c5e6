// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.error.UserError;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;
import org.jspecify.annotations.Nullable;

/**
 * A model of pen strokes (HyperNetworks, section 4.5): recurrent layers that read a point and
 * predict a mixture of Gaussians for the next.
 *
 * @param latent null for a decoder alone
 * @param window null for a model that does not write a given text
 */
@Doc("Handwriting and sketches: recurrent layers, a mixture density of the next point")
@TypeName("strokes")
public record StrokesModelSpec(
    @Doc("The recurrent cell of each layer") CellSpec cell,
    @Doc("Cells on top of each other") @Default("1") @Range(min = 1, max = 100) int layers,
    @Doc("Whether the input goes to every layer and the output of every layer to the mixture")
        @Default("false")
        boolean skips,
    @Doc("K: Gaussians in the mixture") @Default("20") @Range(min = 1, max = 1000) int mixtures,
    @Doc("bernoulli: lifted or not; three-way: down, up, or end of the drawing")
        @Default("\"three-way\"")
        PenSpec pen,
    @Doc(
            "Added to the density in the loss; 0.000001 in sketch-rnn's code, where far points cost"
                + " 13.8")
        @Default("0")
        @Range(min = 0, max = 1)
        double densityEpsilon,
    @Doc("Smallest standard deviation, in normalised units; 0 for no bound")
        @Default("0")
        @Range(min = 0, max = 1)
        double sigmaFloor,
    @Doc("Bound of the output whose tanh is the correlation; 0 for no bound")
        @Default("0")
        @Range(min = 0, max = 100)
        double correlationBound,
    @Doc("What a temperature multiplies when points are drawn: variance or sigma")
        @Default("\"variance\"")
        TemperatureLawSpec temperatureLaw,
    @Doc("Dropout in training") @Default("{}") KeepSpec keep,
    @Doc("Encoder and latent vector") @Default(Default.NONE) @Nullable LatentSpec latent,
    @Doc("Window through which the layers read a text, to write it") @Default(Default.NONE)
        @Nullable WindowSpec window)
    implements ModelSpec {

  /** Refuses settings that the network has no place for. */
  public StrokesModelSpec {
    keep.requirePlaces(cell, layers);
    requireFloat("densityEpsilon", densityEpsilon);
    requireFloat("sigmaFloor", sigmaFloor);
    requireFloat("correlationBound", correlationBound);
    if (keep.input() < 1) {
      throw UserError.in("keep.input")
          .what("a model of strokes has no dropout of its input")
          .expected(1.0)
          .received(keep.input())
          .next("leave 'keep.input' out")
          .build();
    }
    if (window != null) {
      requireWindow(window, layers, skips, latent);
    }
    if (skips && layers == 1) {
      throw UserError.in("skips")
          .what("one layer has nothing to skip")
          .expected("false, or layers of 2 or more")
          .received(true)
          .build();
    }
  }

  /**
   * The network has float32 numbers, in which a tiny one would become the 0 that turns a setting
   * off.
   */
  static void requireFloat(String key, double value) {
    if (value != 0 && (float) value == 0) {
      throw UserError.in(key)
          .what("too close to 0 for a float32 number")
          .expected("0, or at least " + Float.MIN_VALUE)
          .received(value)
          .build();
    }
  }

  private static void requireWindow(
      WindowSpec window, int layers, boolean skips, @Nullable LatentSpec latent) {
    if (skips) {
      throw UserError.in("skips")
          .what("a window brings connections of its own")
          .expected(false)
          .received(true)
          .next("leave 'skips' out; 'window.form' tells what each layer reads")
          .build();
    }
    if (latent != null) {
      throw UserError.in("window")
          .what("a model cannot have both a window and a latent vector")
          .expected("one of 'window' and 'latent'")
          .received("both")
          .build();
    }
    if (layers < window.form().leastLayers()) {
      throw UserError.in("layers")
          .what("the form of the window names more layers")
          .expected("at least " + window.form().leastLayers())
          .received(layers)
          .build();
    }
  }

  /** Batches are as long as their longest drawing. */
  @Override
  public boolean hasStepsOfOneSize() {
    return false;
  }

  @Override
  public String kind() {
    return "a model of pen strokes";
  }

  @Override
  public void requireFits(DataSpec data) {
    if (!(data instanceof DrawingDataSpec)) {
      throw UserError.in("data.type")
          .what("a model of pen strokes cannot learn from these data")
          .expected("drawings: omniglot, stroke-arrays, quick-draw, iam-on-db, ink-ml or pen-words")
          .received(data.typeName())
          .build();
    }
  }
}
