// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** A command that works says nothing of what only TensorFlow's makers want to know. */
final class QuietCommands implements FaultKind {
  private static final Pattern FOREIGN =
      Pattern.compile(
          "[IWEF]\\d{4} \\d\\d:.*|\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d.*: [IWEF] .*|WARNING: All log .*"
              + "|.*(absl::InitializeLog|MLIR V1|oneDNN supports|/tensorflow/|external/local_).*");

  @Override
  public String name() {
    return "quiet-commands";
  }

  @Override
  public String right() {
    return "exit code 0, and no line of TensorFlow's own log on standard error or output";
  }

  @Override
  public int attempts() {
    return 12;
  }

  @Override
  public long seed(long campaignSeed, int index) {
    return index;
  }

  @Override
  public void attempt(Attempt attempt) throws Exception {
    Materials materials = attempt.materials();
    boolean text = attempt.seed() % 2 == 1;
    Path made = attempt.folder().resolve("made");
    Path run = attempt.folder().resolve("run");
    Materials.copy(materials.run(text), run);
    ChildCommand command =
        switch ((int) (attempt.seed() / 2) % 6) {
          case 0 ->
              ChildCommand.cli(Commands.training(text, "--run", made).toArray())
                  .with("--export-dir", attempt.folder().resolve("models"));
          case 1 -> ChildCommand.cli("export", run, "--export-dir", made);
          case 2 -> ChildCommand.cli("verify", materials.model(text));
          case 3 -> ChildCommand.cli("publish", materials.model(text), made);
          case 4 -> ChildCommand.cli("visualise", run, "--out", made);
          default ->
              ChildCommand.cli("bench", Commands.spec(text), "--steps", 2, "--predictions", 2);
        };
    CommandResult result = command.run(attempt.folder().resolve("command")).require(0);
    for (List<String> lines : List.of(result.out(), result.err())) {
      for (String line : lines) {
        if (FOREIGN.matcher(line).matches()) {
          throw new Wrong("showed a line of a foreign log", result.command(), 0, line);
        }
      }
    }
  }
}
