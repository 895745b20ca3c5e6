// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.hypernet4j.benchmark.ComparedModel;

/** The result of {@code compare} as text, as a table for spreadsheets and as JSON. */
record ComparisonTable(List<Line> lines) {

  /**
   * A line.
   *
   * @param stepMillis time of one training step in milliseconds
   */
  record Line(ComparedModel model, double stepMillis) {}

  private record Column(String title, String unit, String format, ToDoubleFunction<Line> value) {}

  private static final List<Column> COLUMNS =
      List.of(
          new Column("test error", "%", "%.2f", line -> 100 * line.model.testError()),
          new Column("validation error", "%", "%.2f", line -> 100 * line.model.validationError()),
          new Column("best step", "", "%,.0f", line -> line.model.bestStep()),
          new Column("parameters", "", "%,.0f", line -> line.model.parameters()),
          new Column("of generators", "", "%,.0f", line -> line.model.generatorParameters()),
          new Column("generation", "ms", "%.2f", line -> line.model.generationMillis()),
          new Column("training step", "ms", "%.1f", Line::stepMillis));

  ComparisonTable {
    lines = List.copyOf(lines);
  }

  /** A table that is readable on a terminal and valid Markdown. */
  String markdown() {
    List<List<String>> cells = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("model"));
    COLUMNS.forEach(c -> head.add(c.unit.isEmpty() ? c.title : c.title + ", " + c.unit));
    cells.add(head);
    for (Line line : lines) {
      List<String> row = new ArrayList<>(List.of(line.model.name()));
      COLUMNS.forEach(
          c -> row.add(String.format(Locale.ROOT, c.format, c.value.applyAsDouble(line))));
      cells.add(row);
    }
    StringBuilder text = new StringBuilder();
    for (int r = 0; r < cells.size(); r++) {
      for (int c = 0; c < head.size(); c++) {
        text.append("| ").append(padded(cells, r, c)).append(' ');
      }
      text.append("|\n");
      if (r == 0) {
        for (int c = 0; c < head.size(); c++) {
          String dashes = "-".repeat(width(cells, c));
          text.append('|').append(c == 0 ? "-" + dashes + "-" : "-" + dashes + ":");
        }
        text.append("|\n");
      }
    }
    return text.toString();
  }

  private static String padded(List<List<String>> cells, int row, int column) {
    String cell = cells.get(row).get(column);
    String blanks = " ".repeat(width(cells, column) - cell.length());
    return column == 0 ? cell + blanks : blanks + cell;
  }

  private static int width(List<List<String>> cells, int column) {
    return cells.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }

  /** The numbers with all their digits as CSV; an empty field where there is no number. */
  String csv() {
    StringBuilder text =
        new StringBuilder(
            "model,test_error,validation_error,best_step,parameters,generator_parameters,"
                + "generation_ms,training_step_ms\n");
    for (Line line : lines) {
      ComparedModel m = line.model;
      text.append(m.name())
          .append(',')
          .append(number(m.testError()))
          .append(',')
          .append(number(m.validationError()))
          .append(',')
          .append(m.bestStep())
          .append(',')
          .append(m.parameters())
          .append(',')
          .append(m.generatorParameters())
          .append(',')
          .append(number(m.generationMillis()))
          .append(',')
          .append(number(line.stepMillis))
          .append('\n');
    }
    return text.toString();
  }

  private static String number(double value) {
    return Double.isFinite(value) ? Double.toString(value) : "";
  }

  JsonArray json() {
    JsonArray array = new JsonArray();
    for (Line line : lines) {
      JsonObject one = new JsonObject();
      one.addProperty("name", line.model.name());
      one.addProperty("testError", line.model.testError());
      one.addProperty("validationError", line.model.validationError());
      one.addProperty("bestStep", line.model.bestStep());
      one.addProperty("parameters", line.model.parameters());
      one.addProperty("generatorParameters", line.model.generatorParameters());
      one.addProperty("generationMillis", line.model.generationMillis());
      one.addProperty("stepMillis", line.stepMillis);
      array.add(one);
    }
    return array;
  }
}
