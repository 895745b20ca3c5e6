// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hypernet4j.pen.PenDrawing;
import org.hypernet4j.picture.TextStrips;
import org.hypernet4j.picture.Writing;
import org.jspecify.annotations.Nullable;

/** A drawing of a model with strips: how far each gate's weights moved at every point (Fig 7). */
final class SketchPage {
  /** {@code W_h_i}, {@code layer1_W_h_i}. */
  private static final Pattern RECURRENT = Pattern.compile("(?:layer(\\d+)_)?W_h_([igfoh])");

  private static final String GATES = "igfoh";

  private SketchPage() {}

  static Writing of(
      StrokesModel model,
      SketchSettings settings,
      float temperature,
      StrokesModel.Sample sample,
      float @Nullable [] z,
      @Nullable String text) {
    PenDrawing drawing = Objects.requireNonNull(sample.whole());
    List<TextStrips.Strip> strips =
        text == null
            ? strips(model.trace(drawing, z))
            : WindowStrips.of(text, model.alignment(drawing, text));
    List<String> notes = new ArrayList<>();
    notes.add(
        text != null
            ? WindowStrips.note(text, strips)
            : strips.isEmpty()
                ? "There are no strips: the weights of this model are the same at every point."
                : "The strips show how far the recurrent weights W_h of each gate moved when the"
                    + " model read a point, as Frobenius norm of W(t) - W(t-1) (Ha, Dai and Le,"
                    + " \"HyperNetworks\", Fig 7). Each strip has its own scale, from no colour"
                    + " at 0 to full colour at the number that 98 % of its numbers do not exceed."
                    + " The first point has none before it, so it has no colour.");
    notes.add(
        String.format(
            Locale.ROOT,
            "Model: %s. Temperature %s%s, seed %d. %d point%s in %d stroke%s%s; %s.",
            model.properties().name(),
            SketchGrid.number(temperature),
            SketchGrid.bias(settings),
            settings.seed(),
            drawing.points(),
            drawing.points() == 1 ? "" : "s",
            drawing.strokes(),
            drawing.strokes() == 1 ? "" : "s",
            sample.primed() == 0 ? "" : ", the first " + sample.primed() + " of them given",
            sample.ended() ? "the model ended the drawing" : "the limit ended the drawing"));
    return new Writing(
        text == null
            ? "A drawing, and the weights that change while it is made"
            : "A text, and the characters that are read while it is written",
        notes,
        drawing,
        strips,
        Writing.Axis.AUTO);
  }

  /** The recurrent weights, layer by layer, gates in the paper's order. */
  private static List<TextStrips.Strip> strips(Map<String, double[]> changes) {
    SortedMap<Integer, TextStrips.Strip> strips = new TreeMap<>();
    changes.forEach(
        (name, values) -> {
          Matcher matcher = RECURRENT.matcher(name);
          if (matcher.matches()) {
            String layer = matcher.group(1);
            int place = layer == null ? 0 : Integer.parseInt(layer);
            String gate = matcher.group(2);
            strips.put(place * GATES.length() + GATES.indexOf(gate), strip(layer, gate, values));
          }
        });
    return List.copyOf(strips.values());
  }

  /** The first point follows no other, and its change from the start would outshine all others. */
  private static TextStrips.Strip strip(@Nullable String layer, String gate, double[] changes) {
    double[] values = changes.clone();
    values[0] = Double.NaN;
    String meaning =
        switch (gate) {
          case "i" -> "input gate";
          case "g" -> "candidate";
          case "f" -> "forget gate";
          case "o" -> "output gate";
          default -> "recurrent weights";
        };
    TextStrips.Colour colour =
        switch (gate) {
          case "g" -> TextStrips.Colour.GREEN;
          case "f" -> TextStrips.Colour.ORANGE;
          case "o" -> TextStrips.Colour.PURPLE;
          default -> TextStrips.Colour.BLUE;
        };
    return layer == null
        ? new TextStrips.Strip("W_h^" + gate, meaning, colour, values)
        : new TextStrips.Strip(
            layer + " W_h^" + gate, "layer " + layer + ", " + meaning, colour, values);
  }
}
