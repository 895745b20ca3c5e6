package org.hypernet4j.export;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.jspecify.annotations.Nullable;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;

/**
 * Checks an exported model: its files, the structure of its graph, the value of every variable, and
 * the outputs for the recorded reference cases.
 *
 * <p>A model that loads is not yet a model that works: the loader says nothing when the variables'
 * index is missing or when an op overwrites the weights after restoring them. So everything is
 * compared by value. To be independent of what this process has loaded use {@link FreshJvm}.
 */
public final class Verifier {
  private final Path folder;
  private final List<Fault> faults = new ArrayList<>();
  private @Nullable Manifest manifest;

  private Verifier(Path folder) {
    this.folder = folder;
  }

  /**
   * Verifies a version folder in this process.
   *
   * @param modelFolder the folder that holds {@code saved_model.pb}
   * @return all that was found; faults of the model are in it, not thrown
   * @throws UserError if there is no such folder
   */
  public static VerificationReport verify(Path modelFolder) {
    requireModelFolder(modelFolder);
    return new Verifier(modelFolder).run();
  }

  static void requireModelFolder(Path folder) {
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
    checkFiles(model);
    if (model == null) {
      return report(List.of(), 0, 0, 0);
    }
    faults.addAll(StructureCheck.faults(model));
    List<ReferenceCase> cases = readCases();
    if (faults.stream().anyMatch(fault -> fault.kind() == Fault.Kind.MISSING_FILE)) {
      // the loader would go on without the file and fail somewhere else
      return report(List.of(), 0, 0, 0);
    }
    return runModel(model, cases);
  }

  private VerificationReport runModel(MetaGraphDef model, List<ReferenceCase> cases) {
    long start = System.nanoTime();
    try (SavedModelBundle bundle = SavedModelBundle.load(folder.toString(), ModelGraph.TAG)) {
      final double loadSeconds = (System.nanoTime() - start) / 1e9;
      ModelRun run = new ModelRun(bundle.session(), model, manifest, faults);
      int compared = run.compareVariables();
      run.runCases(cases);
      return report(run.outputs(), compared, loadSeconds, run.firstCallSeconds());
    } catch (TensorFlowException | IllegalArgumentException | IllegalStateException e) {
      add(Fault.Kind.LOAD, "TensorFlow does not load the model: " + oneLine(e));
      return report(List.of(), 0, 0, 0);
    }
  }

  private @Nullable MetaGraphDef readModel() {
    Path file = folder.resolve(ModelFiles.MODEL);
    if (!Files.isRegularFile(file)) {
      add(Fault.Kind.MISSING_FILE, ModelFiles.MODEL + " is not there");
      return null;
    }
    try {
      SavedModel savedModel = SavedModel.parseFrom(Files.readAllBytes(file));
      for (MetaGraphDef each : savedModel.getMetaGraphsList()) {
        if (each.getMetaInfoDef().getTagsList().contains(ModelGraph.TAG)) {
          return each;
        }
      }
      add(Fault.Kind.TAG, ModelFiles.MODEL + " has no graph with the tag '" + ModelGraph.TAG + "'");
    } catch (InvalidProtocolBufferException e) {
      add(Fault.Kind.UNREADABLE_FILE, ModelFiles.MODEL + " is no SavedModel: " + oneLine(e));
    } catch (IOException e) {
      add(Fault.Kind.UNREADABLE_FILE, ModelFiles.MODEL + " cannot be read: " + oneLine(e));
    }
    return null;
  }

  private void readManifest() {
    if (!Files.isRegularFile(folder.resolve(Manifest.PATH))) {
      add(Fault.Kind.MISSING_FILE, Manifest.PATH + " is not there");
      return;
    }
    try {
      manifest = Manifest.read(folder);
    } catch (UserError e) {
      add(Fault.Kind.UNREADABLE_FILE, oneLine(e));
    }
  }

  private void checkFiles(@Nullable MetaGraphDef model) {
    if (model != null
        && StructureCheck.hasVariables(model)
        && !Files.isRegularFile(folder.resolve(ModelFiles.VARIABLES_INDEX))) {
      add(
          Fault.Kind.MISSING_FILE,
          ModelFiles.VARIABLES_INDEX
              + " is not there: loaders go on without it and restore nothing");
    }
    if (manifest == null) {
      return;
    }
    for (Map.Entry<String, Manifest.FileEntry> entry : manifest.files().entrySet()) {
      String name = entry.getKey();
      Path file = folder.resolve(name);
      if (!Files.isRegularFile(file)) {
        if (!name.equals(ModelFiles.MODEL) && !name.equals(ModelFiles.VARIABLES_INDEX)) {
          add(Fault.Kind.MISSING_FILE, name + " is not there");
        }
        continue;
      }
      try {
        Manifest.FileEntry actual = Manifest.entry(file);
        if (!actual.equals(entry.getValue())) {
          add(
              Fault.Kind.CHANGED_FILE,
              name
                  + " is not the file that was exported: "
                  + actual.bytes()
                  + " bytes, SHA-256 "
                  + actual.sha256()
                  + ", the manifest says "
                  + entry.getValue().bytes()
                  + " and "
                  + entry.getValue().sha256());
        }
      } catch (IOException e) {
        add(Fault.Kind.UNREADABLE_FILE, name + " cannot be read: " + oneLine(e));
      }
    }
  }

  private List<ReferenceCase> readCases() {
    if (!Files.isRegularFile(folder.resolve(ReferenceFiles.INDEX))
        || !Files.isRegularFile(folder.resolve(ReferenceFiles.ARRAYS))) {
      add(Fault.Kind.REFERENCE, "there are no reference cases, nothing proves the model");
      return List.of();
    }
    try {
      List<ReferenceCase> cases = ReferenceFiles.read(folder);
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
      List<OutputDifference> outputs, int parameters, double load, double firstCall) {
    return new VerificationReport(folder, faults, outputs, parameters, load, firstCall);
  }

  private void add(Fault.Kind kind, String message) {
    faults.add(new Fault(kind, message));
  }

  static String oneLine(Exception e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return message.replaceAll("\\s*[\\r\\n]+\\s*", " ");
  }
}
