// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;
import org.hypernet4j.benchmark.ComparedModel;
import org.hypernet4j.picture.TablePicture;
import org.hypernet4j.run.ComparedFigure;

/**
 * The result of {@code compare} as text, as a table for spreadsheets and as JSON.
 *
 * @param figures the columns of families that are compared by figures of their own
 */
record ComparisonTable(List<Line> lines, List<ComparedFigure> figures) {

  /**
   * A line.
   *
   * @param stepMillis time of one training step in milliseconds
   */
  record Line(ComparedModel model, double stepMillis) {
    double figure(String name) {
      return model.figures().getOrDefault(name, Double.NaN);
    }
  }

  /** A column; a number that is not finite is left out. */
  private record Column(
      String title, String unit, DoubleFunction<String> format, ToDoubleFunction<Line> value) {
    Column(String title, String unit, String format, ToDoubleFunction<Line> value) {
      this(title, unit, number -> String.format(Locale.ROOT, format, number), value);
    }

    String head() {
      return unit.isEmpty() ? title : title + ", " + unit;
    }

    String cell(Line line) {
      double number = value.applyAsDouble(line);
      return Double.isFinite(number) ? format.apply(number) : "-";
    }
  }

  private static final List<Column> ERRORS =
      List.of(
          new Column("test error", "%", "%.2f", line -> 100 * line.model.testError()),
          new Column("validation error", "%", "%.2f", line -> 100 * line.model.validationError()));

  private static final Column GENERATION =
      new Column("generation", "ms", "%.2f", line -> line.model.generationMillis());

  private static final List<Column> COSTS =
      List.of(
          new Column("best step", "", "%,.0f", line -> line.model.bestStep()),
          new Column("parameters", "", "%,.0f", line -> line.model.parameters()),
          new Column("of generators", "", "%,.0f", line -> line.model.generatorParameters()),
          GENERATION,
          new Column("training step", "ms", "%.1f", Line::stepMillis));

  ComparisonTable {
    lines = List.copyOf(lines);
    figures = List.copyOf(figures);
  }

  private List<Column> columns() {
    List<Column> columns = new ArrayList<>();
    if (figures.isEmpty() || lines.stream().anyMatch(line -> hasError(line.model))) {
      columns.addAll(ERRORS);
    }
    for (ComparedFigure each : figures) {
      columns.add(
          new Column(each.title(), each.unit(), each::show, line -> line.figure(each.name())));
    }
    boolean timed = lines.stream().anyMatch(line -> line.model.generationMillis() > 0);
    COSTS.stream()
        .filter(column -> figures.isEmpty() || timed || !column.equals(GENERATION))
        .forEach(columns::add);
    return columns;
  }

  private static boolean hasError(ComparedModel model) {
    return !Double.isNaN(model.testError());
  }

  /** Head and rows. */
  private List<List<String>> cells() {
    List<List<String>> cells = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("model"));
    List<Column> columns = columns();
    columns.forEach(column -> head.add(column.head()));
    cells.add(head);
    for (Line line : lines) {
      List<String> row = new ArrayList<>(List.of(line.model.name()));
      columns.forEach(column -> row.add(column.cell(line)));
      cells.add(row);
    }
    return cells;
  }

  /** The table to draw. */
  TablePicture picture(String title) {
    List<List<String>> cells = cells();
    List<Column> columns = columns();
    double[][] values =
        lines.stream()
            .map(line -> columns.stream().mapToDouble(c -> c.value.applyAsDouble(line)).toArray())
            .toArray(double[][]::new);
    return new TablePicture(title, cells.get(0), cells.subList(1, cells.size()), values);
  }

  /** A table that is readable on a terminal and valid Markdown. */
  String markdown() {
    List<List<String>> cells = cells();
    List<String> head = cells.get(0);
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
                + "generation_ms,training_step_ms");
    figures.forEach(figure -> text.append(',').append(figure.name()));
    text.append('\n');
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
          .append(number(line.stepMillis));
      figures.forEach(figure -> text.append(',').append(number(line.figure(figure.name()))));
      text.append('\n');
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
      if (hasError(line.model)) {
        one.addProperty("testError", line.model.testError());
        one.addProperty("validationError", line.model.validationError());
      }
      one.addProperty("bestStep", line.model.bestStep());
      one.addProperty("parameters", line.model.parameters());
      one.addProperty("generatorParameters", line.model.generatorParameters());
      one.addProperty("generationMillis", line.model.generationMillis());
      one.addProperty("stepMillis", line.stepMillis);
      if (!line.model.figures().isEmpty()) {
        JsonObject own = new JsonObject();
        line.model
            .figures()
            .forEach(
                (name, value) ->
                    own.add(
                        name,
                        Double.isFinite(value) ? new JsonPrimitive(value) : JsonNull.INSTANCE));
        one.add("figures", own);
      }
      array.add(one);
    }
    return array;
  }
}
