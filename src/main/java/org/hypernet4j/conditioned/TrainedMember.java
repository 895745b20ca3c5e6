// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned;

import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.checkpoint.Checkpoint;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.Provenance;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.run.ExportForm;
import org.hypernet4j.run.InferenceSession;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.run.TrainedModel;
import org.hypernet4j.spec.ExperimentSpec;
import org.jspecify.annotations.Nullable;

/**
 * A trained family of networks in a session; {@link #fixed}, one network of it.
 *
 * @param <D> what it learned from
 */
public final class TrainedMember<D extends MemberData> implements TrainedModel {
  private final Member<D> member;
  private final OpenedMember opened;
  private final @Nullable BakedMember baked;

  private TrainedMember(Member<D> member, OpenedMember opened, @Nullable BakedMember baked) {
    this.member = member;
    this.opened = opened;
    this.baked = baked;
  }

  /**
   * Opens a model with the parameters of a checkpoint.
   *
   * @param folder of the run that trained it
   * @throws UserError if the checkpoint is of another model
   */
  static <D extends MemberData> TrainedMember<D> open(
      Member<D> member, ExperimentSpec spec, RunFolder folder, Checkpoint checkpoint) {
    return new TrainedMember<>(
        member,
        new OpenedMember(
            spec,
            folder,
            InferenceSession.open(checkpoint, store -> member.build(store, spec.model()))),
        null);
  }

  /** The model's session and functions. */
  public OpenedMember opened() {
    return opened;
  }

  @Override
  public TrainedMember<D> fixed(String condition) {
    return new TrainedMember<>(member, opened, member.bake(opened, condition));
  }

  @Override
  public List<ReferenceCase> references(@Nullable Path data) {
    return baked == null ? member.references(opened, data) : baked.references();
  }

  @Override
  public ExportRequest exportRequest(
      ExportForm form, List<ReferenceCase> references, Provenance provenance, Path base) {
    String name = form.nameOf(opened.spec());
    if (form == ExportForm.GENERATED) {
      return new ExportRequest(
              name,
              form.word(),
              store -> member.build(store, opened.spec().model()).served(),
              ParameterValues.read(opened.session().session(), opened.session().store().model()),
              references,
              base.resolve(name))
          .withProvenance(provenance);
    }
    if (baked == null) {
      throw UserError.in(Setting.of("form"))
          .what("a family of networks has a baked form for one condition at a time")
          .expected("a condition beside it")
          .received(form.word())
          .next("add " + Setting.of("condition"))
          .build();
    }
    String one = name.substring(0, name.lastIndexOf('-')) + "-" + baked.name() + "-baked";
    return new ExportRequest(
            one, form.word(), baked.build()::apply, baked.values(), references, base.resolve(one))
        .withProvenance(provenance);
  }

  @Override
  public void close() {
    opened.session().close();
  }
}
