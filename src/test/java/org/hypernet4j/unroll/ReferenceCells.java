// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.cell.BasicRnnCell;
import org.hypernet4j.cell.DropoutCell;
import org.hypernet4j.cell.HyperLstmCell;
import org.hypernet4j.cell.HyperRnnCell;
import org.hypernet4j.cell.HyperRnnFullCell;
import org.hypernet4j.cell.LstmCell;
import org.hypernet4j.cell.ResidualCell;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.SmallCell;
import org.hypernet4j.cell.StackedCell;
import org.hypernet4j.graph.ParameterScope;

/** Cells as the index of {@code export/reference} describes them. */
final class ReferenceCells {
  private ReferenceCells() {}

  static RnnCell<?> make(ParameterScope scope, JsonObject model) {
    String kind = model.get("kind").getAsString();
    return switch (kind) {
      case "basic-rnn" -> new BasicRnnCell(scope, number(model, "inputSize"), units(model));
      case "lstm" -> lstm(scope, model);
      case "hyper-rnn" ->
          new HyperRnnCell<>(
              scope, number(model, "inputSize"), units(model), embedding(model), small(model));
      case "hyper-rnn-full" ->
          new HyperRnnFullCell<>(
              scope, number(model, "inputSize"), units(model), embedding(model), small(model));
      case "hyper-lstm" ->
          new HyperLstmCell<>(
              scope,
              HyperLstmCell.Settings.paper(
                      number(model, "inputSize"),
                      units(model),
                      embedding(model),
                      model.get("epsilon").getAsFloat())
                  .withForgetBias(model.get("forgetBias").getAsFloat())
                  .withRecurrentDropout(flag(model, "recurrentDropout")),
              small(model));
      case "stacked" -> new StackedCell(layers(scope, model), flag(model, "outputDropout"));
      case "residual" -> new ResidualCell<>(inner(scope, model, "cell"));
      case "dropout" -> new DropoutCell<>(inner(scope, model, "cell"), true, true);
      default -> throw new IllegalArgumentException("unknown kind " + kind);
    };
  }

  private static LstmCell lstm(ParameterScope scope, JsonObject model) {
    return new LstmCell(
        scope,
        LstmCell.Settings.of(number(model, "inputSize"), units(model))
            .withBias(flag(model, "bias"))
            .withForgetBias(model.get("forgetBias").getAsFloat())
            .withLayerNorm(model.get("epsilon").getAsFloat())
            .withRecurrentDropout(flag(model, "recurrentDropout")));
  }

  private static List<RnnCell<?>> layers(ParameterScope scope, JsonObject model) {
    List<RnnCell<?>> cells = new ArrayList<>();
    for (JsonElement layer : model.getAsJsonArray("cells")) {
      cells.add(make(scope.child("layer" + cells.size()), layer.getAsJsonObject()));
    }
    return cells;
  }

  private static SmallCell<Object> small(JsonObject model) {
    return (scope, size) -> inner(scope, model, "hyper");
  }

  @SuppressWarnings("unchecked") // nobody looks into the state
  private static RnnCell<Object> inner(ParameterScope scope, JsonObject model, String key) {
    return (RnnCell<Object>) make(scope, model.getAsJsonObject(key));
  }

  private static int units(JsonObject model) {
    return number(model, "units");
  }

  private static int embedding(JsonObject model) {
    return number(model, "embeddingSize");
  }

  private static int number(JsonObject model, String key) {
    return model.get(key).getAsInt();
  }

  private static boolean flag(JsonObject model, String key) {
    return model.get(key).getAsBoolean();
  }
}
