package org.hypernet4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.hypernet4j.data.TextFiles;
import org.hypernet4j.data.TextPart;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.device.ShownGpus;
import org.hypernet4j.error.UserError;
import org.hypernet4j.experiment.FinishedRun;
import org.hypernet4j.experiment.ImageRun;
import org.hypernet4j.experiment.LanguageRun;
import org.hypernet4j.experiment.TextTrace;
import org.hypernet4j.experiment.TraceFiles;
import org.hypernet4j.experiment.TrainedLanguageModel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code visualise RUN}: the paper's pictures of a language model at work. */
@Command(
    name = "visualise",
    description =
        "Draw what a language model does while it reads: how far each gate's weights move from one"
            + " character to the next (page, picture, table), and histograms of tanh(c). Of a model"
            + " of images: its kernels, and its embeddings by layer in one plane.",
    footer = {
      "",
      "Examples:",
      "  ./hypernet4j visualise runs/shakespeare-hyperlstm/1",
      "  ./hypernet4j visualise runs/cifar10-wrn-16-1-hyper/1",
      "  ./hypernet4j visualise runs/shakespeare-hyperlstm/1 --text 'To be, or not to be'"
    })
final class VisualiseCommand extends CliCommand {
  @Parameters(
      paramLabel = "RUN",
      description = "Folder of a run, for example runs/shakespeare-hyperlstm/1.")
  Path run;

  @Option(
      names = "--text",
      paramLabel = "STRING",
      description = "The text to read. Default: the start of the run's validation text.")
  @Nullable String text;

  @Option(
      names = "--text-file",
      paramLabel = "FILE",
      description = "A file with the text to read. Default: the start of the validation text.")
  @Nullable Path textFile;

  @Option(
      names = "--data",
      paramLabel = "PATH",
      description =
          "The data of the run, if the text is to come from its validation part. Default: the"
              + " built-in text.")
  @Nullable Path data;

  @Option(
      names = "--length",
      paramLabel = "N",
      defaultValue = "600",
      description = "Read no more than the first N characters of the text. Default: 600.")
  int length;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the files go. Default: the folder 'visualise' in the run's own.")
  @Nullable Path out;

  @Override
  int run(Report report) {
    if (length < 2) {
      throw UserError.in("--length")
          .what("there is no change in so short a text")
          .expected("2 or more")
          .received(length)
          .build();
    }
    if (text != null && textFile != null) {
      throw UserError.in("--text and --text-file")
          .what("only one text can be read")
          .next("leave one of them out")
          .build();
    }
    Path folder = out == null ? run.resolve("visualise") : out;
    quietTensorFlow(ShownGpus.configuration());
    FinishedRun finished = FinishedRun.open(run);
    Writable.requireFolder(out == null ? "RUN" : "--out", folder);
    if (finished instanceof ImageRun images) {
      draw(images, folder, report);
      return ExitCode.OK;
    }
    LanguageRun trained = (LanguageRun) finished;
    Vocabulary vocabulary = trained.vocabulary();
    Source source = source(trained);
    TextTrace trace;
    try (TrainedLanguageModel best = trained.best()) {
      trace = best.trace(source.where, source.ids);
    }
    if (trace.changes().isEmpty()) {
      trace.requireMemories(run.toString());
    }
    String name = trained.specification().name();
    TraceFiles drawing =
        new TraceFiles(
            folder, new TraceFiles.Origin(name, "best, step " + trained.bestStep(), source.origin));
    List<Path> files = new ArrayList<>();
    if (!trace.changes().isEmpty()) {
      files.addAll(drawing.strips(trace, vocabulary));
    }
    if (!trace.memories().isEmpty()) {
      files.addAll(drawing.histograms(trace));
    }
    tell(report, trained, trace, files);
    return ExitCode.OK;
  }

  private void draw(ImageRun images, Path folder, Report report) {
    if (text != null || textFile != null) {
      throw UserError.in("--text")
          .what("the run is that of a classifier of images, which reads no text")
          .next("leave it out")
          .build();
    }
    JsonArray written = new JsonArray();
    ImagePictures.draw(images, folder, report).forEach(file -> written.add(file.toString()));
    report
        .put("name", images.specification().name())
        .put("runDir", run.toString())
        .put("bestStep", images.bestStep())
        .put("files", written)
        .put("seconds", report.seconds());
  }

  /** What is read: its ids, where errors are located, and words for the caption. */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  private record Source(int[] ids, String where, String origin) {}

  private Source source(LanguageRun trained) {
    Vocabulary vocabulary = trained.vocabulary();
    if (text != null) {
      int[] ids = vocabulary.encodeTyped("--text", text).ids();
      return new Source(Arrays.copyOf(ids, Math.min(ids.length, length)), "--text", "as typed");
    }
    TextPart part =
        textFile == null
            ? trained.validationText(data)
            : TextFiles.whole(textFile, vocabulary.kind());
    String origin =
        (textFile == null ? "start of the validation part of " : "start of ") + part.name();
    return new Source(vocabulary.encode(part.first(length)).ids(), part.name(), origin);
  }

  private void tell(Report report, LanguageRun trained, TextTrace trace, List<Path> files) {
    report.say("read %,d characters: %.4f bits each", trace.ids().length, trace.bitsPerSymbol());
    if (trace.changes().isEmpty()) {
      report.say("no strips: the weights of this model are the same at every step");
    }
    if (trace.memories().isEmpty()) {
      report.say("no histograms: this model has no memory cell c");
    }
    JsonArray written = new JsonArray();
    for (Path file : files) {
      report.say("%s", file);
      written.add(file.toString());
    }
    JsonObject saturated = new JsonObject();
    for (TextTrace.Memory memory : trace.memories()) {
      saturated.addProperty(memory.part(), memory.saturated() / (double) memory.total());
    }
    report
        .put("name", trained.specification().name())
        .put("runDir", run.toString())
        .put("bestStep", trained.bestStep())
        .put("characters", (long) trace.ids().length)
        .put("bitsPerCharacter", trace.bitsPerSymbol())
        .put("saturated", saturated)
        .put("files", written)
        .put("seconds", report.seconds());
  }
}
