// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import com.google.gson.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.hypernet4j.error.UserError;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Items;
import org.hypernet4j.json.Matches;
import org.hypernet4j.json.Overrides;
import org.hypernet4j.json.Place;
import org.hypernet4j.json.SpecGson;
import org.hypernet4j.json.SpecReader;
import org.hypernet4j.json.SpecWriter;
import org.jspecify.annotations.Nullable;

/**
 * Several models that are trained on equal terms: the same data, order of the data, budget,
 * optimizer and seed.
 *
 * @param sample values that differ on the built-in sample, or null if none do
 */
@Doc("A comparison: several models, trained on equal terms")
public record ComparisonSpec(
    @Doc("Short name, used for the folder of its runs")
        @Matches(
            value = "[a-z0-9][a-z0-9._-]{0,31}",
            words = "1 to 32 small letters, digits, dots, hyphens and underscores")
        String name,
    @Doc("Human-readable purpose of the comparison") @Default(Default.NONE)
        @Nullable String description,
    @Doc("The models, in the order of the table") @Items(min = 1, max = 100)
        List<CandidateSpec> candidates,
    @Doc("What they learn from") DataSpec data,
    @Doc("How they learn") TrainingSpec training,
    @Doc("Values that replace those above when there is only the built-in sample of the data")
        @Default(Default.NONE)
        @Nullable SampleSpec sample) {

  public ComparisonSpec {
    candidates = List.copyOf(candidates);
    Set<String> names = new HashSet<>();
    for (int i = 0; i < candidates.size(); i++) {
      CandidateSpec each = candidates.get(i);
      if (!names.add(each.name())) {
        throw UserError.in("candidates[" + i + "].name")
            .what("two models have this name")
            .expected("a name of its own for each")
            .received("'" + each.name() + "'")
            .build();
      }
      try {
        each.model().requireFits(data);
      } catch (UserError refusal) {
        throw refusal.at(
            refusal.where().startsWith("model")
                ? "candidates[" + i + "]." + refusal.where()
                : refusal.where());
      }
    }
  }

  /** The experiment of each candidate, in order; named {@code <name>-<candidate>}. */
  public List<ExperimentSpec> experiments() {
    return candidates.stream().map(this::experiment).toList();
  }

  private ExperimentSpec experiment(CandidateSpec candidate) {
    ExperimentSpec plain =
        new ExperimentSpec(
            name + "-" + candidate.name(),
            candidate.description(),
            candidate.model(),
            data,
            training,
            sample);
    if (candidate.learningRate() == null) {
      return plain;
    }
    String path = "training.optimizer.learningRate";
    JsonObject tree = SpecWriter.toTree(plain);
    new Overrides(tree, ExperimentSpec.class)
        .replace(
            path,
            SpecGson.WRITER.toJsonTree(candidate.learningRate(), ScheduleSpec.class),
            "candidate '" + candidate.name() + "'");
    SampleSettings.forget(tree, Set.of(path));
    return SpecReader.read(
        ExperimentSpec.class, tree, Place.file("candidate '" + candidate.name() + "'"));
  }
}
