// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Consumer;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.ModelFiles;
import org.hypernet4j.export.ModelTrust;
import org.hypernet4j.export.OutputDifference;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ReferenceFiles;
import org.hypernet4j.export.VerificationReport;
import org.hypernet4j.export.VerificationReport.Timings;
import org.hypernet4j.export.savedmodel.ModelGraph;
import org.hypernet4j.export.savedmodel.SavedModelFile;
import org.hypernet4j.graph.internal.CallGate;
import org.jspecify.annotations.Nullable;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.TensorFlow;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;

/**
 * Checks an exported model: its files, the structure of its graph, its checkpoint, the value of
 * every variable, the requests of its warm-up file, and the outputs for the recorded reference
 * cases.
 *
 * <p>Models exported by others can be checked too: the faults list what they lack compared with
 * models of this library.
 *
 * <p>A model that loads need not work: the loader reports nothing when the variables' index is
 * missing or when an op overwrites the weights after restoring them. So everything is compared by
 * value. To be independent of what this process has loaded use {@link FreshJvm}.
 */
public final class Verifier {
  private final Path folder;
  private final ModelTrust trust;
  private final Consumer<VerificationReport> beforeLoading;
  private final List<Fault> faults = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private @Nullable Manifest manifest;
  private boolean ours;
  private boolean safe;

  private Verifier(Path folder, ModelTrust trust, Consumer<VerificationReport> beforeLoading) {
    this.folder = folder;
    this.trust = trust;
    this.beforeLoading = beforeLoading;
  }

  /**
   * Verifies a version folder in this process.
   *
   * @param modelFolder the folder that holds {@code saved_model.pb}
   * @return all that was found; faults of the model are in it, not thrown
   * @throws UserError if there is no such folder
   */
  public static VerificationReport verify(Path modelFolder) {
    return verify(modelFolder, ModelTrust.NONE);
  }

  /** As {@link #verify(Path)}, for a model whose author is trusted, or trusted with some ops. */
  public static VerificationReport verify(Path modelFolder, ModelTrust trust) {
    return verify(modelFolder, trust, report -> {});
  }

  /**
   * As {@link #verify(Path, ModelTrust)}, with a first report.
   *
   * @param beforeLoading receives the findings of Java alone, before native code sees the model
   */
  static VerificationReport verify(
      Path modelFolder, ModelTrust trust, Consumer<VerificationReport> beforeLoading) {
    requireModelFolder(modelFolder);
    Verifier verifier = new Verifier(modelFolder, trust, beforeLoading);
    try {
      return verifier.run();
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      // whatever the bytes are, they get a verdict
      verifier.add(
          Fault.Kind.UNREADABLE_FILE,
          ModelFiles.MODEL + " or a file beside it cannot be looked at any further: " + e);
      return verifier.report(List.of(), 0, 0, Timings.NONE);
    }
  }

  public static void requireModelFolder(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw UserError.in(folder)
          .what("is not a model folder")
          .expected("a folder with saved_model.pb in it")
          .received(Files.exists(folder) ? "a file" : "nothing there")
          .build();
    }
    if (!Files.exists(folder.resolve(ModelFiles.MODEL)) && Files.isDirectory(folder.resolve("1"))) {
      throw UserError.in(folder)
          .what("holds versions of a model, not a model")
          .expected("a folder with saved_model.pb in it")
          .next("give the folder of one version, " + folder.resolve("1") + " for example")
          .build();
    }
  }

  private VerificationReport run() {
    MetaGraphDef model = readModel();
    readManifest();
    List<Fault> found = ModelIntegrity.faults(folder, manifest);
    faults.addAll(found);
    if (model == null) {
      return report(List.of(), 0, 0, Timings.NONE);
    }
    StructureCheck.of(model, ours).addTo(faults, notes);
    if (manifest != null) {
      faults.addAll(ManifestCheck.faults(manifest, model));
      new GuideCheck(folder, manifest, faults).run();
    }
    final boolean restorable = new CheckpointCheck(folder, ours, faults, notes).run(model);
    List<ReferenceCase> cases = readCases();
    WarmupReplay warmUp = new WarmupReplay(model, faults);
    if (ours || Files.exists(folder.resolve(ModelFiles.WARM_UP))) {
      warmUp.read(folder, manifest);
    }
    // without its variables' files a model loads, or not, and fails somewhere else; what is not a
    // file may keep the loader waiting for ever
    boolean files = found.stream().noneMatch(each -> each.kind() == Fault.Kind.UNREADABLE_FILE);
    return restorable && files && safe
        ? runModel(model, cases, warmUp)
        : report(List.of(), 0, 0, Timings.NONE);
  }

  private VerificationReport runModel(
      MetaGraphDef model, List<ReferenceCase> cases, WarmupReplay warmUp) {
    beforeLoading.accept(report(List.of(), 0, 0, Timings.NONE));
    long start = System.nanoTime();
    try (SavedModelBundle bundle = SavedModelBundle.load(folder.toString(), ModelGraph.TAG)) {
      final double load = seconds(start);
      ModelSession session = new ModelSession(bundle, folder, ours, new CallGate("the model"));
      OutputCheck run = new OutputCheck(session, model, manifest, faults);
      run.runCases(cases);
      start = System.nanoTime();
      final int answered = warmUp.run(session);
      final double warmUpSeconds = seconds(start);
      final double warmCall = run.repeatFirstCall();
      return report(
          run.outputs(),
          run.compareVariables(),
          answered,
          new Timings(load, run.firstCallSeconds(), warmUpSeconds, warmCall));
    } catch (TensorFlowException
        | IllegalArgumentException
        | IllegalStateException
        | UnsupportedOperationException e) {
      add(Fault.Kind.LOAD, loader() + " does not load the model: " + oneLine(e));
      return report(List.of(), 0, 0, Timings.NONE);
    }
  }

  /** Whose loader it is that takes or refuses a model: others may decide otherwise. */
  static String loader() {
    return "TensorFlow Java (the C API of TensorFlow " + TensorFlow.version() + ")";
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private @Nullable MetaGraphDef readModel() {
    Path file = folder.resolve(ModelFiles.MODEL);
    ours = SavedModelFile.isOurs(folder, null); // a graph that cannot be read has no mark
    if (!Files.isRegularFile(file)) {
      add(Fault.Kind.MISSING_FILE, ModelFiles.MODEL + " is not there");
      return null;
    }
    try {
      SavedModel saved = SavedModelFile.read(folder);
      MetaGraphDef serving = SavedModelFile.serving(saved);
      ours = SavedModelFile.isOurs(folder, serving);
      judge(saved);
      if (saved.getMetaGraphsCount() == 0) {
        add(Fault.Kind.TAG, ModelFiles.MODEL + " holds no graph");
      } else if (serving == null) {
        add(
            Fault.Kind.TAG,
            "%s has no graph with just the tag '%s', its graphs have %s: servers take it only if they are started with other tags (--saved_model_tags)"
                .formatted(
                    ModelFiles.MODEL,
                    ModelGraph.TAG,
                    saved.getMetaGraphsList().stream()
                        .map(each -> each.getMetaInfoDef().getTagsList())
                        .toList()));
      }
      return serving;
    } catch (InvalidProtocolBufferException e) {
      add(Fault.Kind.UNREADABLE_FILE, ModelFiles.MODEL + " is no SavedModel: " + oneLine(e));
    } catch (IOException | UserError e) {
      add(Fault.Kind.UNREADABLE_FILE, ModelFiles.MODEL + " cannot be read: " + oneLine(e));
    }
    return null;
  }

  /** Searches the model for ops that could do more than compute; unsafe models are not loaded. */
  private void judge(SavedModel saved) {
    String hidden = SavedModelFile.hidden(folder);
    GraphSafety.Finding finding = GraphSafety.judge(saved, folder, trust);
    safe = finding.faults().isEmpty() && (hidden == null || trust.everything());
    if (hidden != null) {
      add(Fault.Kind.UNREADABLE_FILE, hidden);
    }
    faults.addAll(finding.faults());
    if (!finding.idle().isEmpty()) {
      String idle =
          "ops that inference does not need and that nothing runs which loads or serves the model: "
              + Fault.names(finding.idle());
      if (ours) {
        add(
            Fault.Kind.UNSAFE_OP,
            "the graph holds " + idle + ", which this library does not write");
      } else {
        notes.add(idle);
      }
    }
    if (trust.everything()) {
      notes.add("its graph was not looked at, it is trusted");
    }
    if (!ours) {
      notes.add(
          "not written by this library: no manifest, no reference outputs to compare with, no"
              + " warm-up requests");
    }
  }

  private void readManifest() {
    if (!ours) {
      return;
    }
    if (!Manifest.isIn(folder)) {
      add(Fault.Kind.MISSING_FILE, Manifest.PATH + " is not there");
      return;
    }
    try {
      manifest = Manifest.read(folder);
    } catch (UserError e) {
      add(Fault.Kind.UNREADABLE_FILE, oneLine(e));
    }
  }

  private List<ReferenceCase> readCases() {
    if (!ours) {
      return List.of();
    }
    if (!Files.isRegularFile(folder.resolve(ReferenceFiles.INDEX))
        || !Files.isRegularFile(folder.resolve(ReferenceFiles.ARRAYS))) {
      add(Fault.Kind.REFERENCE, "there are no reference cases, nothing proves the model");
      return List.of();
    }
    try {
      List<ReferenceCase> cases = ReferenceFiles.readWhole(folder);
      if (cases.isEmpty()) {
        add(Fault.Kind.REFERENCE, "there are no reference cases, nothing proves the model");
      }
      return cases;
    } catch (UserError e) {
      add(Fault.Kind.REFERENCE, oneLine(e));
      return List.of();
    }
  }

  private VerificationReport report(
      List<OutputDifference> outputs, int parameters, int warmUps, Timings timings) {
    // two checks may find one fault
    List<Fault> once = List.copyOf(new LinkedHashSet<>(faults));
    return new VerificationReport(folder, once, notes, outputs, parameters, warmUps, timings);
  }

  private void add(Fault.Kind kind, String message) {
    faults.add(new Fault(kind, message));
  }

  static String oneLine(Exception e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return message.replaceAll("\\s*[\\r\\n]+\\s*", " ");
  }
}
