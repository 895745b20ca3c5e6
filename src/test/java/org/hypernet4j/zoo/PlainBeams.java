// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The search of {@link BeamSearch} in plain Java and double arithmetic, written from the rule: all
 * continuations of all beams in one list, sorted.
 */
final class PlainBeams {
  private PlainBeams() {}

  /** What a decoder makes of a sentence after the tokens read so far, the start among them. */
  interface Model {
    float[] logits(List<Integer> read);

    float[] attention(List<Integer> read);
  }

  /** A translation, or its beginning. */
  record Hypothesis(List<Integer> ids, double logProb, boolean finished, List<Double> coverage) {
    int length() {
      return ids.size();
    }

    double pruningScore(BeamSettings settings) {
      return logProb / Math.pow((5 + length()) / 6.0, settings.alpha());
    }

    double score(BeamSettings settings, int sourceLength) {
      double penalty = 0;
      for (double attended : coverage.subList(0, sourceLength)) {
        penalty += Math.log(Math.min(Math.max(attended, 1e-10), 1));
      }
      return pruningScore(settings) + settings.beta() * penalty;
    }

    private Hypothesis with(int token, double logProb, boolean finished, float[] attention) {
      List<Integer> longer = new ArrayList<>(ids);
      longer.add(token);
      List<Double> sums = new ArrayList<>();
      for (int s = 0; s < attention.length; s++) {
        sums.add((coverage.isEmpty() ? 0 : coverage.get(s)) + attention[s]);
      }
      return new Hypothesis(longer, this.logProb + logProb, finished, sums);
    }
  }

  private static final Hypothesis NOTHING = new Hypothesis(List.of(), 0, false, List.of());

  /** The K translations, the best first. */
  static List<Hypothesis> search(Model model, BeamSettings settings, int sourceLength, int limit) {
    List<Hypothesis> beams = List.of(NOTHING);
    for (int t = 0; t < limit && !beams.stream().allMatch(Hypothesis::finished); t++) {
      List<Hypothesis> all = new ArrayList<>();
      for (Hypothesis beam : beams) {
        all.addAll(beam.finished ? List.of(beam) : continuations(model, settings, beam));
      }
      beams = best(all, Comparator.comparingDouble(each -> each.pruningScore(settings)));
      beams = beams.subList(0, Math.min(settings.beams(), beams.size()));
    }
    return best(beams, Comparator.comparingDouble(each -> each.score(settings, sourceLength)));
  }

  /** All translations of up to {@code limit} tokens, the best first. */
  static List<Hypothesis> all(Model model, BeamSettings settings, int sourceLength, int limit) {
    List<Hypothesis> all = new ArrayList<>();
    List<Hypothesis> open = List.of(NOTHING);
    for (int t = 0; t < limit; t++) {
      List<Hypothesis> longer = new ArrayList<>();
      open.forEach(each -> longer.addAll(continuations(model, settings, each)));
      longer.stream().filter(Hypothesis::finished).forEach(all::add);
      open = longer.stream().filter(each -> !each.finished).toList();
    }
    all.addAll(open);
    return best(all, Comparator.comparingDouble(each -> each.score(settings, sourceLength)));
  }

  /** Sorted, equal ones in the order that they have. */
  private static List<Hypothesis> best(List<Hypothesis> some, Comparator<Hypothesis> order) {
    return some.stream().sorted(order.reversed()).toList();
  }

  private static List<Hypothesis> continuations(
      Model model, BeamSettings settings, Hypothesis beam) {
    List<Integer> read = new ArrayList<>(List.of(settings.start()));
    read.addAll(beam.ids);
    float[] logits = model.logits(read);
    float[] attention = model.attention(read);
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit);
    }
    // as a single number: sums of few such numbers are exact, so that what is equal stays equal
    float norm = (float) Math.log(sum);
    return IntStream.range(0, logits.length)
        .mapToObj(
            token ->
                beam.with(token, (double) logits[token] - norm, token == settings.end(), attention))
        .toList();
  }
}
