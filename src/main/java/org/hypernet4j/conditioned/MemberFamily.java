// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.picture.Chart;
import org.hypernet4j.run.BenchmarkSubject;
import org.hypernet4j.run.ComparedFigure;
import org.hypernet4j.run.ExportForm;
import org.hypernet4j.run.ModelFamily;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.ModelSpec;
import org.hypernet4j.train.StepInputs;
import org.hypernet4j.train.TrainingTask;
import org.hypernet4j.train.TrainingTask.TrainingOps;

/**
 * A {@link Member} as a family of models, which is what commands know.
 *
 * @param <D> what it learns from
 */
public final class MemberFamily<D extends MemberData> implements ModelFamily {
  private final Member<D> member;

  /** The family of a member. */
  public MemberFamily(Member<D> member) {
    this.member = member;
  }

  @Override
  public Set<Class<? extends ModelSpec>> models() {
    return Set.of(member.model());
  }

  @Override
  public MemberExperiment<D> prepare(ExperimentSpec given, TrainOptions options) {
    return MemberExperiment.prepare(this, given, options);
  }

  @Override
  public MemberRun<D> finished(RunFolder folder, ExperimentSpec spec) {
    return new MemberRun<>(member, folder, spec);
  }

  @Override
  public void build(ParameterScope scope, ModelSpec model) {
    if (!scope.path().isEmpty()) {
      throw new IllegalArgumentException("a model with a condition is built below the root");
    }
    member.build(scope.store(), model);
  }

  @Override
  public void buildInference(ParameterStore store, ModelSpec model) {
    member.build(store, model);
  }

  @Override
  public TrainingOps define(ExperimentSpec spec, ParameterStore store, StepInputs inputs) {
    return member.define(spec, store, inputs);
  }

  @Override
  public Optional<String> comparedBy() {
    return member.comparedBy();
  }

  @Override
  public String curve(ExperimentSpec spec) {
    return member.curve();
  }

  @Override
  public List<ComparedFigure> comparedFigures() {
    return member.comparedFigures();
  }

  @Override
  public Optional<Chart> comparedChart(Map<String, Map<String, Double>> figures) {
    return member.comparedChart(figures);
  }

  /** One member of the family can be folded, which needs its condition. */
  @Override
  public void requireForm(ExportForm form) {
    if (form != ExportForm.GENERATED) {
      throw UserError.in(Setting.of("form"))
          .what("a family of networks has a baked form for one condition at a time")
          .expected(ExportForm.GENERATED.word())
          .received(form.word())
          .next("give the condition to the command 'export'")
          .build();
    }
  }

  @Override
  public BenchmarkSubject<?> benchmark(ExperimentSpec given) {
    ExperimentSpec spec = given.forSample();
    D data = member.load(spec, (Path) null);
    return subject(spec, data, member.task(spec, data));
  }

  private <B> BenchmarkSubject<B> subject(ExperimentSpec spec, D data, TrainingTask<B> task) {
    return new BenchmarkSubject<>(
        task,
        "built-in sample",
        (graph, i) ->
            ((MemberBuilt<?>) graph.built())
                .functions()
                .call(
                    graph.session(), ServingSignature.DEFAULT_KEY, member.example(spec, data, i)));
  }

  Member<D> member() {
    return member;
  }
}
