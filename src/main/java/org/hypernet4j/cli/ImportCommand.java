// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.hypernet4j.checkpoint.MappingCheck;
import org.hypernet4j.checkpoint.WeightFile;
import org.hypernet4j.checkpoint.WeightImport;
import org.hypernet4j.checkpoint.WeightMapping;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.experiment.ImportedRun;
import org.hypernet4j.experiment.ParameterTable;
import org.hypernet4j.experiment.WeightsOrigin;
import org.hypernet4j.export.verify.ModelIntegrity;
import org.hypernet4j.json.SpecWriter;
import org.hypernet4j.run.TrainOptions;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.train.Evaluation;
import org.hypernet4j.train.SessionOptions;
import org.jspecify.annotations.Nullable;
import org.tensorflow.ndarray.Shape;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code import SPEC WEIGHTS}: creates a run from weights that were trained elsewhere. */
@Command(
    name = "import",
    description =
        "Make a run of weights from elsewhere: 'export', 'generate' and 'train --resume' take it as"
            + " one that was stopped before its first step. Nothing is written unless every"
            + " parameter has its array; arrays that no parameter uses are listed and left out.",
    footer = {
      "",
      "Examples:",
      "  ./hypernet4j import graphs/mnist-hyper.json weights.npz --run runs/imported",
      "  ./hypernet4j import spec.json model.ckpt-9000 --mapping supercell --data ptb/ --run runs/x"
    })
final class ImportCommand extends CliCommand {
  private static final int SHOWN_EXTRAS = 10;

  @Mixin SpecArgument spec;

  @Parameters(
      index = "1",
      paramLabel = "WEIGHTS",
      description =
          "A .npz file, a TensorFlow checkpoint (its name without '.index', or its folder), or the"
              + " folder of a SavedModel, or the best.ckpt of a run.")
  Path weights;

  @Mixin ThreadOption threads;

  @Option(
      names = "--run",
      paramLabel = "DIR",
      required = true,
      description =
          "Folder of the run, which must not hold anything yet. Default: none, it must"
              + " be given.")
  Path run;

  @Option(
      names = "--mapping",
      paramLabel = "FILE",
      completionCandidates = ReadyMade.class,
      description =
          "Says which array becomes which parameter: a JSON file, or one of"
              + " ${COMPLETION-CANDIDATES}; several times to join them, the first rule counts."
              + " Default: equal names.")
  List<String> mappings = new ArrayList<>();

  @Option(
      names = "--data",
      paramLabel = "PATH",
      description =
          "The data, as for 'train': the vocabulary of a language model comes from them, and the"
              + " weights are measured on their validation part. Default: the built-in sample.")
  @Nullable Path data;

  /** The names of the library's own mappings. */
  static final class ReadyMade implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return WeightMapping.READY_MADE.iterator();
    }
  }

  /** The source of the run's symbols. */
  enum Symbols {
    DATA,
    MODEL;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The words for {@link Symbols}. */
  static final class SymbolsWords extends WordConverter<Symbols> {
    SymbolsWords() {
      super(Symbols.class, Symbols::toString);
    }
  }

  @Option(
      names = "--vocabulary",
      paramLabel = "WHOSE",
      defaultValue = "data",
      converter = SymbolsWords.class,
      completionCandidates = SymbolsWords.class,
      description =
          "Whose symbols the run of a language model has: data, those of the text, which must be"
              + " the model's where the weights name them; or model, those of the weights, which"
              + " the text is then numbered by. Default: ${DEFAULT-VALUE}.")
  Symbols vocabulary = Symbols.DATA;

  @Option(
      names = "--dry-run",
      description = "Only tell what fits and what does not. Default: write the run.")
  boolean dryRun;

  @Override
  int run(Report report) {
    ExperimentSpec given = spec.read();
    Map<String, WeightMapping> read = new LinkedHashMap<>();
    mappings.forEach(name -> read.put(name, WeightMapping.read(name)));
    ImportedRun.requireEmpty(run);
    Writable.requireFolder("--run", run);
    ModelIntegrity.require(weights);
    WeightFile file = WeightFile.open(weights);
    ExperimentSpec inForce = data == null ? given.forSample() : given;
    Map<String, Shape> wanted = ParameterTable.shapes(inForce.model());
    WeightImport plan = WeightImport.plan(wanted, file, read);
    JsonElement settings = SpecWriter.toTree(inForce);
    read.forEach((name, mapping) -> new MappingCheck(mapping, name).requireSettings(settings));
    report
        .put("name", inForce.name())
        .put("weights", weights.toString())
        .put("kind", file.kind())
        .put("parameters", wanted.size())
        .put("imported", object(plan.origins()))
        .put("missing", array(plan.missing()))
        .put("mismatched", array(plan.mismatched()))
        .put("rounded", array(plan.rounded()))
        .put("bfloat16", array(file.bfloat16()))
        .put("extra", array(plan.extra()));
    tell(plan, file, wanted.size(), report);
    if (!plan.fits()) {
      return refuse(plan, report);
    }
    WeightsOrigin origin = WeightsOrigin.of(weights, file);
    origin.requireSameFunction(inForce.model());
    Vocabulary symbols = origin.numbering(inForce, data, vocabulary == Symbols.MODEL);
    if (origin.isSilentOnSymbols(inForce)) {
      report.say(
          "these weights do not name their symbols: id i is taken for symbol i of the text, in"
              + " ascending order");
    }
    if (!dryRun) {
      write(given, plan, file, symbols, report);
    }
    report.put("dryRun", dryRun).put("seconds", report.seconds());
    return ExitCode.OK;
  }

  private void tell(WeightImport plan, WeightFile file, int wanted, Report report) {
    report.say(
        "%d of %d parameters are in %s (%s of %d arrays)",
        plan.values().size(), wanted, weights, file.kind(), file.names().size());
    if (dryRun) {
      plan.origins().forEach((ours, theirs) -> report.say("  %s from %s", ours, theirs));
    }
    if (!plan.rounded().isEmpty()) {
      report.say("%d of them were rounded from float64 to float32", plan.rounded().size());
    }
    long bfloat16 = file.bfloat16().stream().filter(name -> !plan.extra().contains(name)).count();
    if (bfloat16 > 0) {
      report.say(
          "%d of them are two bytes of void in the archive and were read as bfloat16", bfloat16);
    }
    if (!plan.extra().isEmpty()) {
      report.say(
          "%d %s extra and left out, which is allowed:",
          plan.extra().size(), plan.extra().size() == 1 ? "array is" : "arrays are");
      plan.extra().stream().limit(SHOWN_EXTRAS).forEach(name -> report.say("  extra: %s", name));
      int more = plan.extra().size() - SHOWN_EXTRAS;
      if (more > 0) {
        report.say("  and %d more, which --json lists", more);
      }
    }
  }

  private int refuse(WeightImport plan, Report report) {
    plan.missing().forEach(line -> report.log().println("  missing: " + line));
    plan.mismatched().forEach(line -> report.log().println("  mismatched: " + line));
    String line =
        weights
            + ": does not fit the model; "
            + plan.missing().size()
            + " missing and "
            + plan.mismatched().size()
            + " mismatched, listed above. Nothing was written. Change the specification, or say"
            + " with --mapping what belongs where.";
    report.log().println("error: " + line);
    report.put("error", line).put("exitCode", ExitCode.USER_ERROR);
    return ExitCode.USER_ERROR;
  }

  private void write(
      ExperimentSpec given,
      WeightImport plan,
      WeightFile file,
      @Nullable Vocabulary symbols,
      Report report) {
    JsonObject origin = new JsonObject();
    origin.addProperty("weights", weights.toString());
    origin.addProperty("kind", file.kind());
    origin.add("mapping", array(mappings));
    origin.addProperty("vocabulary", symbols == null ? "data" : "model");
    origin.add("parameters", object(plan.origins()));
    SessionOptions session = session(threads, false);
    Evaluation evaluation =
        ImportedRun.make(
            given,
            new TrainOptions(data, run, run, false, session, symbols),
            plan.values(),
            origin);
    JsonObject metrics = new JsonObject();
    new TreeMap<>(evaluation.metrics()).forEach(metrics::addProperty);
    report.put("runDir", run.toString()).put("validation", metrics);
    report.say(
        "validation %s %.4f with these weights; run folder %s",
        evaluation.criterion(), evaluation.value(), run);
  }

  private static JsonArray array(List<String> texts) {
    JsonArray array = new JsonArray();
    texts.forEach(array::add);
    return array;
  }

  private static JsonObject object(Map<String, String> texts) {
    JsonObject object = new JsonObject();
    texts.forEach(object::addProperty);
    return object;
  }
}
