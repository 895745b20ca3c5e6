// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.rotation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.hypernet4j.conditioned.OpenedMember;
import org.hypernet4j.data.TaskImages;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.spec.RotationsSpec;

/**
 * The accuracy at each angle.
 *
 * @param angles those of the training first
 * @param scores of each angle
 */
record RotationScores(RotationsSpec angles, List<AngleScore> scores) {
  /** A figure's name before the word of the angle: {@code accuracyAt45}. */
  static final String AT = "At";

  /**
   * Measures a model.
   *
   * @param images of each angle
   * @param function {@link RotationFunctions#ONE}, or {@link RotationFunctions#BASE}
   */
  static RotationScores of(
      OpenedMember model, RotationsSpec angles, List<TaskImages> images, String function) {
    List<Double> all = angles.all();
    List<AngleScore> scores = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      double degrees = all.get(i);
      scores.add(
          AngleScore.of(
              images.get(i),
              model.spec().training().evaluateBatchSize(),
              batch ->
                  model.call(
                      function, inputs(function, batch, degrees), RotationFunctions.LOGITS)));
    }
    return new RotationScores(angles, scores);
  }

  private static Map<String, NpyArray> inputs(String function, NpyArray batch, double degrees) {
    return function.equals(RotationFunctions.BASE)
        ? Map.of(RotationFunctions.IMAGE, batch)
        : AngleScore.inputs(batch, degrees);
  }

  /** The mean accuracy at the angles of the training. */
  double seen() {
    return AngleScore.mean(scores.subList(0, angles.seen().size())).accuracy();
  }

  /** The mean accuracy at the other angles, NaN if there are none. */
  double unseen() {
    return AngleScore.mean(scores.subList(angles.seen().size(), scores.size())).accuracy();
  }

  /** Accuracies by angle from 0 to less than 360. */
  Map<Double, Double> byAngle() {
    Map<Double, Double> sorted = new TreeMap<>();
    List<Double> all = angles.all();
    for (int i = 0; i < all.size(); i++) {
      sorted.put((all.get(i) % 360 + 360) % 360, scores.get(i).accuracy());
    }
    return sorted;
  }

  /**
   * By name: {@code accuracySeen}, {@code accuracyUnseen}, {@code accuracyAt0}, ...
   *
   * @param prefix {@code accuracy}
   */
  Map<String, Double> figures(String prefix) {
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put(prefix + "Seen", seen());
    if (!angles.unseen().isEmpty()) {
      figures.put(prefix + "Unseen", unseen());
    }
    byAngle()
        .forEach((degrees, share) -> figures.put(prefix + AT + Descriptor.text(degrees), share));
    return figures;
  }

  /** The means in words. */
  String words() {
    String words =
        String.format(
            Locale.ROOT,
            "accuracy %.2f %% at the %s of the training",
            100 * seen(),
            angles.seen().size() == 1 ? "angle" : angles.seen().size() + " angles");
    return angles.unseen().isEmpty()
        ? words
        : words
            + String.format(
                Locale.ROOT, ", %.2f %% at %d others", 100 * unseen(), angles.unseen().size());
  }

  /** The angles with the least and the greatest accuracy, in words. */
  String extremes() {
    Comparator<Map.Entry<Double, Double>> byShare = Map.Entry.comparingByValue();
    Map.Entry<Double, Double> least = byAngle().entrySet().stream().min(byShare).orElseThrow();
    Map.Entry<Double, Double> greatest = byAngle().entrySet().stream().max(byShare).orElseThrow();
    return String.format(
        Locale.ROOT,
        "least at %s degrees: %.2f %%, greatest at %s degrees: %.2f %%",
        Descriptor.text(least.getKey()),
        100 * least.getValue(),
        Descriptor.text(greatest.getKey()),
        100 * greatest.getValue());
  }
}
