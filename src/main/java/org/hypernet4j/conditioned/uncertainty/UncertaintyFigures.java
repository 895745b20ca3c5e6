// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.uncertainty;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.hypernet4j.conditioned.OpenedMember;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.measure.Calibration;
import org.hypernet4j.measure.Roc;
import org.hypernet4j.run.ComparedFigure;
import org.hypernet4j.run.TestResult;

/** What a trained model's doubt is worth, on the test digits and on images from outside. */
final class UncertaintyFigures {
  private final UncertaintyData data;
  private final Predictor predictor;
  private final boolean several;
  private final Map<String, Double> figures = new LinkedHashMap<>();
  private final List<String> beside = new ArrayList<>();

  UncertaintyFigures(OpenedMember model, UncertaintyData data) {
    this.data = data;
    predictor = Uncertainty.predictor(model);
    several = UncertaintyModel.count(Uncertainty.spec(model.spec().model()).method()) > 1;
  }

  /** The columns of a comparison. */
  static List<ComparedFigure> compared() {
    return List.of(
        ComparedFigure.share("accuracy", "accuracy"),
        ComparedFigure.number("nll", "NLL", 4),
        ComparedFigure.share("ece", "ECE"),
        ComparedFigure.share("aurocEntropyDrawn", "AUROC drawn, H"),
        ComparedFigure.share("aurocInformationDrawn", "drawn, MI"),
        ComparedFigure.share("aurocEntropyGrey", "AUROC grey, H"),
        ComparedFigure.share("aurocInformationGrey", "grey, MI"),
        ComparedFigure.number("nllTurned", "NLL turned", 2),
        ComparedFigure.number("oneNll", "NLL of one", 4),
        ComparedFigure.share("spread", "spread"));
  }

  TestResult measure(double validation) {
    LabeledImages test = data.digits().test();
    Predictor.Predictions inside = predictor.predict(test);
    Calibration calibration = Calibration.of(inside.together().mean(), test.labels());
    figures.put("accuracy", calibration.accuracy());
    figures.put("nll", calibration.nll());
    figures.put("ece", calibration.ece());
    figures.put("validationNll", validation);
    if (several) {
      spread(inside, test.labels());
    }
    for (OutsideSets.OutsideSet set : data.outside().sets()) {
      outside(inside, set);
    }
    turned();
    return new TestResult(
        Map.of("nll", calibration.nll(), "error", 1 - calibration.accuracy()),
        String.format(
            Locale.ROOT,
            "test accuracy %.2f %% (%,d images), NLL %.4f, ECE %.2f %%, validation NLL %.4f",
            100 * calibration.accuracy(),
            test.count(),
            calibration.nll(),
            100 * calibration.ece(),
            validation),
        figures,
        beside);
  }

  private void spread(Predictor.Predictions inside, int[] labels) {
    Spread spread = Spread.of(inside, labels);
    figures.put("oneAccuracy", spread.oneAccuracy());
    figures.put("oneNll", spread.oneNll());
    figures.put("spread", spread.distance());
    figures.put("collapsed", spread.collapsed() ? 1.0 : 0.0);
    beside.add(
        String.format(
            Locale.ROOT,
            "one of the %d networks alone: accuracy %.2f %%, NLL %.4f in the mean; distance between"
                + " its probabilities and those of all: %.2f %%",
            inside.draws().length,
            100 * spread.oneAccuracy(),
            spread.oneNll(),
            100 * spread.distance()));
    if (spread.collapsed()) {
      beside.add(
          String.format(
              Locale.ROOT,
              "collapse: the %d networks are one (a distance below %.2f %%); more draws add"
                  + " nothing",
              inside.draws().length,
              100 * Spread.COLLAPSED));
    }
  }

  private void outside(Predictor.Predictions inside, OutsideSets.OutsideSet set) {
    Predictor.Predictions outside = predictor.predict(set.images());
    double entropy = Roc.auroc(inside.together().entropy(), outside.together().entropy());
    figures.put("aurocEntropy" + set.key(), entropy);
    String line =
        String.format(
            Locale.ROOT,
            "%s (%,d images): told from digits with AUROC %.2f %% by entropy",
            set.title(),
            set.images().count(),
            100 * entropy);
    if (several) {
      double information =
          Roc.auroc(inside.together().mutualInformation(), outside.together().mutualInformation());
      figures.put("aurocInformation" + set.key(), information);
      line += String.format(Locale.ROOT, ", %.2f %% by mutual information", 100 * information);
    }
    beside.add(line);
  }

  private void turned() {
    LabeledImages images = data.turned();
    Calibration calibration =
        Calibration.of(predictor.predict(images).together().mean(), images.labels());
    figures.put("accuracyTurned", calibration.accuracy());
    figures.put("nllTurned", calibration.nll());
    beside.add(
        String.format(
            Locale.ROOT,
            "test digits turned by 90 degrees: accuracy %.2f %%, NLL %.2f",
            100 * calibration.accuracy(),
            calibration.nll()));
  }
}
