// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
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

  private static final List<Column> ERRORS =
      List.of(
          new Column("test error", "%", "%.2f", line -> 100 * line.model.testError()),
          new Column("validation error", "%", "%.2f", line -> 100 * line.model.validationError()));

  private static final List<Column> COST =
      List.of(
          new Column("best step", "", "%,.0f", line -> line.model.bestStep()),
          new Column("parameters", "", "%,.0f", line -> line.model.parameters()),
          new Column("of generators", "", "%,.0f", line -> line.model.generatorParameters()),
          new Column("generation", "ms", "%.2f", line -> line.model.generationMillis()),
          new Column("training step", "ms", "%.1f", Line::stepMillis));

  ComparisonTable {
    lines = List.copyOf(lines);
  }

  /** Figures in a line of text. */
  static String words(Map<String, Double> figures) {
    List<String> words = new ArrayList<>();
    figures.forEach((name, value) -> words.add(name + " " + figure(value)));
    return String.join(", ", words);
  }

  private static String figure(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.4f", value) : "-";
  }

  /** The figures of all models by name, each once; none for models compared by their errors. */
  private List<String> figures() {
    return lines.stream()
        .flatMap(line -> line.model.figures().keySet().stream())
        .distinct()
        .toList();
  }

  private List<String> row(Line line) {
    List<String> row = new ArrayList<>(List.of(line.model.name()));
    for (String name : figures()) {
      row.add(figure(line.model.figures().getOrDefault(name, Double.NaN)));
    }
    for (Column column : columns()) {
      row.add(String.format(Locale.ROOT, column.format, column.value.applyAsDouble(line)));
    }
    return row;
  }

  /** The columns behind those of the figures. */
  private List<Column> columns() {
    List<Column> columns = new ArrayList<>(figures().isEmpty() ? ERRORS : List.of());
    columns.addAll(COST);
    return columns;
  }

  /** A table that is readable on a terminal and valid Markdown. */
  String markdown() {
    List<List<String>> cells = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("model"));
    head.addAll(figures());
    columns().forEach(c -> head.add(c.unit.isEmpty() ? c.title : c.title + ", " + c.unit));
    cells.add(head);
    lines.forEach(line -> cells.add(row(line)));
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
    List<String> figures = figures();
    StringBuilder text =
        new StringBuilder("model,")
            .append(figures.isEmpty() ? "test_error,validation_error" : String.join(",", figures))
            .append(",best_step,parameters,generator_parameters,generation_ms,training_step_ms\n");
    for (Line line : lines) {
      ComparedModel m = line.model;
      text.append(m.name()).append(',');
      if (figures.isEmpty()) {
        text.append(number(m.testError())).append(',').append(number(m.validationError()));
      } else {
        text.append(
            figures.stream()
                .map(name -> number(m.figures().getOrDefault(name, Double.NaN)))
                .collect(Collectors.joining(",")));
      }
      text.append(',')
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
      if (line.model.figures().isEmpty()) {
        one.addProperty("testError", line.model.testError());
        one.addProperty("validationError", line.model.validationError());
      }
      line.model
          .figures()
          .forEach(
              (name, value) ->
                  one.add(
                      name, Double.isFinite(value) ? new JsonPrimitive(value) : JsonNull.INSTANCE));
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
