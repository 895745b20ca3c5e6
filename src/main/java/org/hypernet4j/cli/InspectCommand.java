// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.hypernet4j.experiment.ModelFamilies;
import org.hypernet4j.experiment.ParameterTable;
import org.hypernet4j.run.ModelFamily;
import org.hypernet4j.run.SpecGraphs;
import org.hypernet4j.spec.ExperimentSpec;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.GraphDef;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code inspect SPEC}: counts parameters and writes graphs; trains nothing. */
@Command(
    name = "inspect",
    description = "Show what a specification's model consists of, without training it.",
    footer = {
      "",
      "Examples:",
      "  ./hypernet4j inspect graphs/mnist-hyper.json",
      "  ./hypernet4j inspect graphs/mnist-hyper.json --graph mnist.pbtxt --graph-of inference"
    })
final class InspectCommand extends CliCommand {
  /** The graph that is written. */
  enum Which {
    TRAINING,
    INFERENCE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The words for {@link Which}. */
  static final class WhichWords extends WordConverter<Which> {
    WhichWords() {
      super(Which.class, Which::toString);
    }
  }

  @Mixin SpecArgument spec;

  @Option(
      names = "--graph",
      paramLabel = "FILE",
      description =
          "Write the graph for TensorBoard or Netron: binary as FILE.pb, text as FILE.pbtxt."
              + " Default: none is written.")
  @Nullable Path graph;

  @Option(
      names = "--graph-of",
      paramLabel = "WHICH",
      defaultValue = "training",
      converter = WhichWords.class,
      completionCandidates = WhichWords.class,
      description = "training or inference. Default: ${DEFAULT-VALUE}.")
  Which which;

  @Override
  int run(Report report) {
    ExperimentSpec experiment = spec.read();
    String written = "";
    if (graph != null) {
      // first: where it cannot be written, nothing is printed but the error
      written = writeGraph(experiment, graph, report);
    }
    ParameterTable table = ParameterTable.of(experiment);
    ParameterTable plain = ParameterTable.plain(experiment);
    report.say("%s%s", experiment.name(), description(experiment));
    report.block(ParameterTable.describe(experiment));
    report
        .put("name", experiment.name())
        .put("parameters", table.total())
        .put("trainableParameters", table.trainable())
        .put("frozenParameters", table.frozen());
    report.put("groups", counts(table.groups()));
    report.put("roles", counts(table.roles()));
    report
        .put("plainParameters", plain.total())
        .put("generatorParameters", table.generator())
        .put("generatedWeights", table.replacedIn(plain));
    if (!written.isEmpty()) {
      report.say("%s", written);
    }
    return ExitCode.OK;
  }

  private String writeGraph(ExperimentSpec experiment, Path file, Report report) {
    GraphFile.requireName(file);
    ModelFamily family = ModelFamilies.of(experiment);
    GraphDef definition =
        which == Which.TRAINING
            ? SpecGraphs.training(family, experiment)
            : SpecGraphs.inference(family, experiment);
    GraphFile.write(file, definition);
    report
        .put("graph", file.toString())
        .put("graphOf", which.toString())
        .put("nodes", definition.getNodeCount());
    return String.format(
        Locale.ROOT, "%s graph of %,d nodes in %s", which, definition.getNodeCount(), file);
  }

  private static String description(ExperimentSpec experiment) {
    return experiment.description() == null ? "" : ": " + experiment.description();
  }

  private static JsonObject counts(Map<?, Long> counts) {
    JsonObject json = new JsonObject();
    counts.forEach(
        (key, count) -> json.addProperty(key.toString().toLowerCase(Locale.ROOT), count));
    return json;
  }
}
