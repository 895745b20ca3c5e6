// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned;

import java.util.List;
import java.util.Optional;
import org.hypernet4j.run.Experiment;
import org.hypernet4j.run.TestedModel;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.spec.ExperimentSpec;

/**
 * Trains a family of networks by its specification, in a run folder, resumable at any moment.
 *
 * @param <D> what it learns from
 */
public final class MemberExperiment<D extends MemberData> extends Experiment {
  private final Member<D> member;
  private final D data;

  private MemberExperiment(
      MemberFamily<D> family, ExperimentSpec spec, D data, TrainOptions options) {
    super(family, spec, family.member().task(spec, data), data.fingerprint(), options);
    this.member = family.member();
    this.data = data;
  }

  static <D extends MemberData> MemberExperiment<D> prepare(
      MemberFamily<D> family, ExperimentSpec given, TrainOptions options) {
    ExperimentSpec spec = options.data() == null ? given.forSample() : given;
    return new MemberExperiment<>(family, spec, family.member().load(spec, options), options);
  }

  /** What it learns from. */
  public D data() {
    return data;
  }

  @Override
  public List<String> notes() {
    return data.notes();
  }

  @Override
  public String dataSize() {
    return data.size();
  }

  @Override
  public MemberRun<D> finished() {
    return new MemberRun<>(member, folder(), specification());
  }

  @Override
  public Optional<String> testing() {
    return member.measuring(specification());
  }

  @Override
  public TestedModel tested(double validation) {
    MemberRun<D> run = finished();
    TrainedMember<D> best = run.best();
    return TestedModel.of(run, best, () -> member.measure(best.opened(), data, validation));
  }
}
