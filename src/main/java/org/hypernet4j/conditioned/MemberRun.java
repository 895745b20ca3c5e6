// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.run.DrawOptions;
import org.hypernet4j.run.Drawing;
import org.hypernet4j.run.FinishedRun;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.spec.ExperimentSpec;

/**
 * The run of a family of networks, and the best model in it.
 *
 * @param <D> what it learned from
 */
public final class MemberRun<D extends MemberData> extends FinishedRun {
  private final Member<D> member;

  MemberRun(Member<D> member, RunFolder folder, ExperimentSpec spec) {
    super(folder, spec);
    this.member = member;
  }

  @Override
  public TrainedMember<D> best() {
    return TrainedMember.open(member, specification(), folder(), checkpoint());
  }

  @Override
  public Drawing draw(DrawOptions options) {
    if (options.text() != null || options.textFile() != null) {
      throw UserError.in(Setting.of("text"))
          .what("the run is that of a family of networks, which reads no text")
          .next("leave it out")
          .build();
    }
    made(options.folder());
    try (TrainedMember<D> best = best()) {
      return member.draw(best.opened(), options);
    }
  }

  private static void made(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw UserError.in(folder)
          .what("cannot be made: " + e.getMessage())
          .next("choose another folder")
          .cause(e)
          .build();
    }
  }
}
