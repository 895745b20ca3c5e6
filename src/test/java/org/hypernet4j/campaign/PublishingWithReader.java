// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Several processes publish into one folder, which a reader looks at all the time. */
final class PublishingWithReader implements FaultKind {
  private static final int PUBLISHERS = 3;
  private static final int KEEP = 2;

  @Override
  public String name() {
    return "publishing-with-reader";
  }

  @Override
  public String right() {
    return "every publication succeeds, the reader never sees a numbered version that is not whole,"
        + " and the newest stay";
  }

  @Override
  public int attempts() {
    return 6;
  }

  @Override
  public void attempt(Attempt attempt) throws Exception {
    boolean text = attempt.random().nextBoolean();
    Path model = attempt.materials().model(text);
    Path served = attempt.folder().resolve("served");
    List<Child> children = new ArrayList<>();
    try {
      for (int i = 0; i < PUBLISHERS; i++) {
        children.add(
            ChildCommand.cli("publish", model, served, "--keep", KEEP)
                .start(attempt.folder().resolve("publish" + i)));
      }
      long looks = 0;
      while (children.stream().anyMatch(Child::isAlive)) {
        for (String version : RunRecord.names(served)) {
          if (version.matches("\\d+")) {
            requireWholeOrGone(served.resolve(version), model);
            looks++;
          }
        }
        TimeUnit.MILLISECONDS.sleep(1);
      }
      for (Child child : children) {
        child.await(ChildCommand.LIMIT).require(0);
      }
      List<String> left = RunRecord.names(served);
      if (looks == 0 || !left.contains(Integer.toString(PUBLISHERS))) {
        throw new Wrong("versions " + left + " are left after " + looks + " looks");
      }
    } finally {
      for (Child child : children) {
        child.end();
      }
    }
    InterruptedExport.requireWhole(served, model);
    RunRecord.requireNoLeftovers(served);
  }

  /** A version that is removed meanwhile has no number any more. */
  private static void requireWholeOrGone(Path version, Path model) throws IOException, Wrong {
    for (String file : List.of("saved_model.pb", "variables/variables.index", "assets.extra")) {
      if (!Files.exists(version.resolve(file)) && Files.exists(version)) {
        throw new Wrong(version + " was seen without " + file);
      }
    }
    try {
      Path ours = version.resolve("saved_model.pb");
      if (Files.mismatch(ours, model.resolve("saved_model.pb")) >= 0 && Files.exists(ours)) {
        throw new Wrong(version + " was seen with another graph");
      }
    } catch (NoSuchFileException e) {
      if (Files.exists(version)) {
        throw new Wrong(version + " was seen without " + e.getFile());
      }
    }
  }
}
