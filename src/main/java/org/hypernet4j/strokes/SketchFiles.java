// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.hypernet4j.data.DrawingJson;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.pen.PenDrawing;
import org.hypernet4j.picture.DrawingPng;
import org.hypernet4j.picture.DrawingStyle;
import org.hypernet4j.picture.DrawingSvg;
import org.hypernet4j.picture.GridPicture;
import org.hypernet4j.picture.Writing;
import org.hypernet4j.picture.WritingPage;
import org.hypernet4j.picture.WritingSvg;
import org.hypernet4j.run.Drawing;
import org.hypernet4j.run.RunFolder;

/**
 * The files of a {@link SketchBook}: all drawings in one picture ({@code drawings.png}, {@code
 * drawings.svg}, {@code drawings-animated.svg}), their points ({@code drawings.json}), a page that
 * plays one of them ({@code writing.html}), and some with their strips ({@code writing.svg}). Of a
 * written text, which character was read when ({@code alignment.png}).
 */
final class SketchFiles {
  private static final int SINGLE = 480;
  private static final int CELL = 120;

  /** Width of a written line. */
  private static final int LINE = 360;

  private static final int STRIPS = 200;
  private static final int SIDE_BY_SIDE = 3;

  private final StrokesModel model;
  private final SketchSettings settings;
  private final Path folder;

  SketchFiles(StrokesModel model, SketchSettings settings, Path folder) {
    this.model = model;
    this.settings = settings;
    this.folder = folder;
  }

  Drawing write(SketchBook.Page page) {
    List<StrokesModel.Sample> samples =
        page.rows().stream().flatMap(row -> row.samples().stream()).toList();
    List<PenDrawing> drawn =
        samples.stream().map(StrokesModel.Sample::whole).filter(Objects::nonNull).toList();
    RunFolder.makeFolder(folder);
    List<Path> files = new ArrayList<>();
    if (!drawn.isEmpty() || !page.data().isEmpty()) {
      files.addAll(pictures(page, drawn));
    }
    Path points = folder.resolve("drawings.json");
    AtomicFiles.writeString(points, DrawingJson.write(drawn));
    files.add(points);
    files.addAll(played(page));
    List<String> lines = new ArrayList<>();
    page.rows().forEach(row -> lines.add(line(row)));
    if (page.statistics() != null) {
      lines.addAll(page.statistics().lines());
    }
    if (!model.properties().traced() && model.properties().vocabulary() == null) {
      lines.add("no strips: the weights of this model are the same at every point");
    }
    files.forEach(file -> lines.add(file.toString()));
    return new Drawing(lines, figures(page), files);
  }

  /** The picture that can be too large comes first: nothing is written if it is. */
  private List<Path> pictures(SketchBook.Page page, List<PenDrawing> drawn) {
    Path png = folder.resolve("drawings.png");
    Path svg = folder.resolve("drawings.svg");
    Path animated = folder.resolve("drawings-animated.svg");
    if (drawn.size() == 1 && page.data().isEmpty()) {
      DrawingStyle style = style(SINGLE);
      DrawingPng.write(png, drawn.get(0), style);
      DrawingSvg.write(svg, drawn.get(0), style);
      DrawingSvg.writeAnimated(animated, drawn.get(0), style);
    } else {
      boolean written = model.properties().vocabulary() != null;
      DrawingStyle style = style(written ? LINE : CELL);
      var grid = SketchGrid.of(model.properties().name(), settings, page);
      GridPicture.writePng(png, grid, style);
      GridPicture.writeSvg(svg, grid, style);
      GridPicture.writeAnimatedSvg(animated, grid, style);
    }
    return List.of(png, svg, animated);
  }

  /**
   * The page of the first drawing of the middle row (of the next if those have no point), and the
   * first few with their strips as an SVG that draws itself.
   */
  private List<Path> played(SketchBook.Page page) {
    List<SketchBook.Row> rows = new ArrayList<>(page.rows());
    Collections.rotate(rows, -(rows.size() / 2));
    List<Writing> writings =
        rows.stream()
            .map(this::writings)
            .filter(some -> !some.isEmpty())
            .findFirst()
            .orElse(List.of());
    if (writings.isEmpty()) {
      return List.of();
    }
    Path html = folder.resolve("writing.html");
    WritingPage.write(html, writings.get(0), style(SINGLE));
    List<Path> files = new ArrayList<>(List.of(html));
    if (!writings.get(0).strips().isEmpty()) {
      Path svg = folder.resolve("writing.svg");
      WritingSvg.write(svg, writings.get(0).title(), writings, style(STRIPS), true);
      files.add(svg);
    }
    if (model.properties().vocabulary() != null && !writings.get(0).strips().isEmpty()) {
      Path png = folder.resolve("alignment.png");
      WindowStrips.write(png, writings.get(0).strips());
      files.add(png);
    }
    return files;
  }

  private List<Writing> writings(SketchBook.Row row) {
    List<Writing> writings = new ArrayList<>();
    // windows over texts of different lengths have different strips, and lines are wide
    int most = row.texts().get(0) == null ? SIDE_BY_SIDE : 1;
    for (int i = 0; i < row.samples().size() && writings.size() < most; i++) {
      StrokesModel.Sample sample = row.samples().get(i);
      String text = row.texts().get(i % row.texts().size());
      if (sample.whole() != null) {
        writings.add(
            SketchPage.of(model, settings, row.temperature(), sample, row.codes().get(i), text));
      }
    }
    return writings;
  }

  private DrawingStyle style(int size) {
    PenDrawing prime = settings.prime();
    return DrawingStyle.DEFAULT.withSize(size).withGiven(prime == null ? 0 : prime.points());
  }

  private static String line(SketchBook.Row row) {
    double count = row.samples().size();
    double points = row.samples().stream().mapToInt(StrokesModel.Sample::points).sum();
    double strokes = row.samples().stream().mapToInt(SketchFiles::strokes).sum();
    long ended = row.samples().stream().filter(StrokesModel.Sample::ended).count();
    return String.format(
        Locale.ROOT,
        "temperature %s: %d drawing%s, %.1f points and %.1f strokes in the mean, %d ended by the"
            + " model",
        SketchGrid.number(row.temperature()),
        row.samples().size(),
        row.samples().size() == 1 ? "" : "s",
        points / count,
        strokes / count,
        ended);
  }

  private static int strokes(StrokesModel.Sample sample) {
    return sample.whole() == null ? 0 : sample.whole().strokes();
  }

  private JsonObject figures(SketchBook.Page page) {
    JsonArray drawings = new JsonArray();
    for (SketchBook.Row row : page.rows()) {
      for (StrokesModel.Sample sample : row.samples()) {
        JsonObject one = new JsonObject();
        one.addProperty("temperature", decimal(row.temperature()));
        one.addProperty("points", sample.points());
        one.addProperty("strokes", strokes(sample));
        one.addProperty("ended", sample.ended());
        drawings.add(one);
      }
    }
    JsonObject figures = new JsonObject();
    figures.addProperty("seed", settings.seed());
    figures.addProperty("bias", decimal(settings.bias()));
    figures.addProperty("length", settings.lengthOf(model.properties()));
    figures.addProperty("primePoints", settings.prime() == null ? 0 : settings.prime().points());
    figures.add("drawings", drawings);
    if (page.statistics() != null) {
      figures.add("statistics", page.statistics().toJson());
    }
    return figures;
  }

  /** 0.1f as 0.1, not as 0.10000000149. */
  private static double decimal(float value) {
    return Double.parseDouble(Float.toString(value));
  }
}
