// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import com.google.gson.JsonArray;
import java.nio.file.Path;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.publish.Publisher;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code publish MODEL_DIR SERVED_DIR}: publishes a new version for a server. */
@Command(
    name = "publish",
    description =
        "Copy an exported model into a served folder as its next version, once a fresh JVM has"
            + " verified the copy. A server never sees half of it. Exit code 1 if the model is not"
            + " what was exported.",
    footer = {
      "",
      "Example:",
      "  ./hypernet4j publish export/models/mnist-hyper/1 /srv/models/digits --keep 3"
    })
final class PublishCommand extends CliCommand {
  @Parameters(
      index = "0",
      paramLabel = "MODEL_DIR",
      description = "Folder of one version of a model, with saved_model.pb in it.")
  Path model;

  @Parameters(
      index = "1",
      paramLabel = "SERVED_DIR",
      description = "Folder that a server watches, with a folder a version in it; made if missing.")
  Path served;

  @Option(
      names = "--keep",
      paramLabel = "N",
      description =
          "Remove all but the N newest versions once the new one is in place. Default: all stay.")
  @Nullable Integer keep;

  @Mixin TrustOption trust;

  @Override
  int run(Report report) {
    if (keep != null && keep < 1) {
      throw UserError.in("--keep")
          .what("at least the new version must stay")
          .expected("1 or more")
          .received(keep)
          .build();
    }
    Publisher.Published done = Publisher.publish(model, served, keep, trust.read());
    JsonArray removed = new JsonArray();
    done.removed().forEach(path -> removed.add(path.toString()));
    report
        .put("model", model.toString())
        .put("version", done.version().toString())
        .put("bytes", done.bytes())
        .put("verified", true)
        .put("maxAbsDifference", done.maxAbsDifference())
        .put("removed", removed)
        .put("seconds", report.seconds());
    report.say(
        "%s published as %s (%,d bytes, verified: largest difference %s)",
        model, done.version(), done.bytes(), ModelExport.number(done.maxAbsDifference()));
    done.removed().forEach(path -> report.say("removed %s", path));
    return ExitCode.OK;
  }
}
