// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.response;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.conditioned.OpenedMember;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.data.TaskImages;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.picture.Chart;
import org.hypernet4j.picture.ChartPicture;
import org.hypernet4j.run.ComparedFigure;
import org.hypernet4j.run.Drawing;
import org.hypernet4j.run.TestResult;
import org.hypernet4j.spec.BestResponseModelSpec;
import org.jspecify.annotations.Nullable;

/**
 * Losses over the strength of the decay.
 *
 * @param train on training images
 * @param validation on validation images, at the same strengths
 * @param test on test images, at the same strengths
 * @param found the strength that the training has found, on validation and test images; null for
 *     separate networks
 */
record ResponseCurve(
    List<CurvePoint> train,
    List<CurvePoint> validation,
    List<CurvePoint> test,
    @Nullable Found found) {
  static final List<ComparedFigure> COMPARED =
      List.of(
          ComparedFigure.number("meanObjective", "loss with decay", 4),
          ComparedFigure.number("lowestValidationLoss", "lowest validation loss", 4),
          ComparedFigure.number("lowestLog10L2", "at log10 L2", 2),
          ComparedFigure.share("lowestTestAccuracy", "test accuracy there"),
          ComparedFigure.number("foundLog10L2", "found log10 L2", 2),
          ComparedFigure.number("foundValidationLoss", "validation loss there", 4));

  private static final String STRENGTH = "Log10L2";
  private static final String VALIDATION = "ValidationLoss";

  /** The strength that the training has found. */
  record Found(CurvePoint validation, CurvePoint test) {}

  /** Measures a model on all images. */
  static ResponseCurve measure(OpenedMember model, ResponseData data) {
    BestResponseModelSpec spec = BestResponse.spec(model.spec().model());
    double[] strengths = CurvePoint.strengths(spec);
    Found found = null;
    if (!spec.separate()) {
      double[] one = {found(model, data.splits().test())};
      found =
          new Found(
              points(model, data.splits().validation(), one).get(0),
              points(model, data.splits().test(), one).get(0));
    }
    return new ResponseCurve(
        points(model, data.splits().train(), strengths),
        points(model, data.splits().validation(), strengths),
        points(model, data.splits().test(), strengths),
        found);
  }

  private static List<CurvePoint> points(
      OpenedMember model, LabeledImages images, double[] strengths) {
    return CurvePoint.measure(
        model::call, images, strengths, model.spec().training().evaluateBatchSize());
  }

  private static double found(OpenedMember model, LabeledImages images) {
    NpyArray image = CurvePoint.images(new TaskImages(images).slice(0, 1));
    return model
        .call(ResponseModel.FOUND, Map.of(ResponseModel.IMAGE, image), ResponseModel.STRENGTH)[0];
  }

  /** The results as figures and in words. */
  TestResult result() {
    CurvePoint lowest = CurvePoint.lowest(validation);
    CurvePoint there = test.get(validation.indexOf(lowest));
    double objective = CurvePoint.meanObjective(train);
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("meanObjective", objective);
    figures.put("lowestValidationLoss", lowest.scores().loss());
    figures.put("lowestLog10L2", lowest.strength());
    figures.put("lowestTestLoss", there.scores().loss());
    figures.put("lowestTestAccuracy", there.scores().accuracy());
    String words =
        String.format(
            Locale.ROOT,
            "lowest validation loss %.4f at log10 lambda %.2f (test loss %.4f, accuracy %.2f %%)",
            lowest.scores().loss(),
            lowest.strength(),
            there.scores().loss(),
            100 * there.scores().accuracy());
    if (found != null) {
      figures.put("foundLog10L2", found.validation.strength());
      figures.put("foundValidationLoss", found.validation.scores().loss());
      figures.put("foundTestLoss", found.test.scores().loss());
      figures.put("foundTestAccuracy", found.test.scores().accuracy());
      words +=
          String.format(
              Locale.ROOT,
              ", found log10 lambda %.2f with validation loss %.4f",
              found.validation.strength(),
              found.validation.scores().loss());
    }
    for (int i = 0; i < train.size(); i++) {
      String name = name(i);
      figures.put(name + STRENGTH, train.get(i).strength());
      figures.put(name + "TrainLoss", train.get(i).scores().loss());
      figures.put(name + "Objective", train.get(i).objective());
      figures.put(name + VALIDATION, validation.get(i).scores().loss());
      figures.put(name + "TestLoss", test.get(i).scores().loss());
      figures.put(name + "TestAccuracy", test.get(i).scores().accuracy());
    }
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("objective", objective);
    metrics.put("lowestValidationLoss", lowest.scores().loss());
    return new TestResult(metrics, words, figures, lines());
  }

  private static String name(int point) {
    return "point" + (point + 1);
  }

  private List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < train.size(); i++) {
      lines.add(
          String.format(
              Locale.ROOT,
              "log10 lambda %.2f: loss of training images %.4f, with the decay %.4f; of validation"
                  + " images %.4f, of test images %.4f",
              train.get(i).strength(),
              train.get(i).scores().loss(),
              train.get(i).objective(),
              validation.get(i).scores().loss(),
              test.get(i).scores().loss()));
    }
    return lines;
  }

  /**
   * The validation losses of several models.
   *
   * @param figures of {@link #result} by the model's name
   */
  static Chart chart(Map<String, Map<String, Double>> figures) {
    Chart chart =
        Chart.of(
            "Validation loss over the weight decay",
            "log10 of lambda",
            "loss of validation images");
    for (Map.Entry<String, Map<String, Double>> model : figures.entrySet()) {
      List<double[]> points = new ArrayList<>();
      for (int i = 0; model.getValue().containsKey(name(i) + STRENGTH); i++) {
        points.add(
            new double[] {
              Objects.requireNonNull(model.getValue().get(name(i) + STRENGTH)),
              Objects.requireNonNull(model.getValue().get(name(i) + VALIDATION))
            });
      }
      double[] x = points.stream().mapToDouble(point -> point[0]).toArray();
      double[] y = points.stream().mapToDouble(point -> point[1]).toArray();
      Double found = model.getValue().get("foundLog10L2");
      if (found == null) {
        chart = chart.points(model.getKey(), x, y, List.of());
        continue;
      }
      chart =
          chart
              .line(model.getKey(), x, y)
              .points(
                  "found by " + model.getKey(),
                  new double[] {found},
                  new double[] {
                    Objects.requireNonNull(model.getValue().get("foundValidationLoss"))
                  },
                  List.of());
    }
    return chart;
  }

  /** Writes the curve of one model as pictures and as a table. */
  Drawing draw(String model, Path folder) {
    Chart chart = chart(Map.of(model, result().figures()));
    Path svg = folder.resolve("response.svg");
    Path png = folder.resolve("response.png");
    Path csv = folder.resolve("response.csv");
    ChartPicture.writeSvg(svg, chart);
    ChartPicture.writePng(png, chart);
    AtomicFiles.writeString(csv, csv());
    List<String> lines = new ArrayList<>(lines());
    lines.add("losses over the weight decay in " + svg + ", " + png + " and " + csv);
    return new Drawing(lines, new JsonObject(), List.of(svg, png, csv));
  }

  private String csv() {
    StringBuilder text =
        new StringBuilder(
            "log10_l2,train_loss,train_loss_with_decay,validation_loss,test_loss,test_accuracy\n");
    for (int i = 0; i < train.size(); i++) {
      text.append(train.get(i).strength())
          .append(',')
          .append(train.get(i).scores().loss())
          .append(',')
          .append(train.get(i).objective())
          .append(',')
          .append(validation.get(i).scores().loss())
          .append(',')
          .append(test.get(i).scores().loss())
          .append(',')
          .append(test.get(i).scores().accuracy())
          .append('\n');
    }
    return text.toString();
  }
}
