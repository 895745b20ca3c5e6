// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import com.google.gson.annotations.SerializedName;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;

/** The window through which a model of strokes reads the text that it writes. */
@Doc("The soft window through which the layers read a text, to write it (Graves, arXiv:1308.0850)")
public record WindowSpec(
    @Doc("K: bell curves in the window") @Default("10") @Range(min = 1, max = 1000) int components,
    @Doc(
            "C: labels of characters; the most frequent C - 1 of the training texts have one each,"
                + " all others share one")
        @Default("57")
        @Range(min = 2, max = 65_536)
        int characters,
    @Doc(
            "How the window is formed and who reads what: graves, or as in the programs scribe and"
                + " vasquez")
        @Default("\"graves\"")
        Form form,
    @Doc("Characters that the window moves by at a point, before training")
        @Default("0.04")
        @Range(above = 0, max = 10)
        double initialStep,
    @Doc(
            "text: a drawing ends when the window is behind its text; lift: when the pen is lifted"
                + " there")
        @Default("\"text\"")
        Stop stop) {

  /** Refuses a step that float32 numbers cannot tell from none. */
  public WindowSpec {
    StrokesModelSpec.requireFloat("initialStep", initialStep);
  }

  /** How the window is formed. */
  public enum Form {
    /** Exponentials; every layer reads input and window; the output is that of all layers. */
    @SerializedName("graves")
    GRAVES(1),
    /** As in greydanus/scribe: only the second layer reads the window. */
    @SerializedName("scribe")
    SCRIBE(2),
    /** As in sjvasquez/handwriting-synthesis: softplus, a window that reads the input. */
    @SerializedName("vasquez")
    VASQUEZ(1);

    private final int leastLayers;

    Form(int leastLayers) {
      this.leastLayers = leastLayers;
    }

    /** Layers that the form names. */
    int leastLayers() {
      return leastLayers;
    }
  }

  /** When a drawing ends. */
  public enum Stop {
    /** As soon as the place behind the text is read more than any character. */
    @SerializedName("text")
    TEXT,
    /** Then too, but not in the middle of a stroke. */
    @SerializedName("lift")
    LIFT
  }
}
