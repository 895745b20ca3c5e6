package org.hypernet4j.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.graph.Role;
import org.hypernet4j.io.AtomicFiles;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.MetaGraphDef;

/**
 * Publishes a SavedModel that TensorFlow Serving, Python and other runtimes read, once a JVM that
 * knows nothing of this one has reproduced its reference outputs.
 *
 * <p>The stock exporter writes the training graph, leaves resource variables out and hides the
 * variables from Python; this one writes a fresh inference graph in the layout of a TensorFlow 1
 * model with resource variables. Everything goes into a folder without a number first; on any
 * failure that folder is removed and nothing is published.
 *
 * <pre>{@code
 * ExportResult result = Exporter.export(new ExportRequest("digits",
 *     ExportRequest.GENERATED, model::inference, values, List.of(recorded), Path.of("exports/digits")));
 * result.versionFolder(); // exports/digits/1
 * }</pre>
 */
public final class Exporter {
  // graph, manifest, index: what a model needs besides its numbers
  private static final long OVERHEAD_BYTES = 1 << 20;

  private final ExportRequest request;

  private Exporter(ExportRequest request) {
    this.request = request;
  }

  /**
   * Exports, verifies in a fresh JVM, and publishes as the next version.
   *
   * @throws UserError if the request does not make a model that can be served or the folder cannot
   *     be written; then nothing was published and nothing is left behind
   * @throws NotVerifiedException if the fresh JVM finds a fault; nothing was published or is left
   */
  public static ExportResult export(ExportRequest request) {
    return new Exporter(request).run();
  }

  private ExportResult run() {
    long start = System.nanoTime();
    requireFinite();
    VersionFolders folders = VersionFolders.open(request.baseFolder());
    try (UnfinishedFolder temporary = folders.temporary()) {
      Path folder = temporary.path();
      Written written = write(folder);
      VerificationReport report = FreshJvm.verify(folder);
      if (!report.verified()) {
        throw new NotVerifiedException(request.modelName(), request.baseFolder(), report);
      }
      long bytes = size(folder);
      long servedBytes = ModelFiles.servedBytes(folder);
      Path target = folders.publish(temporary);
      VerificationReport renamed =
          new VerificationReport(
              target,
              report.faults(),
              report.outputs(),
              report.parameters(),
              report.loadSeconds(),
              report.firstCallSeconds());
      return new ExportResult(
          target,
          bytes,
          servedBytes,
          written.parameters(),
          (System.nanoTime() - start) / 1e9,
          renamed);
    } catch (IOException e) {
      throw VersionFolders.cannotWrite(request.baseFolder(), e);
    } finally {
      folders.removeCreated(); // those that are empty: none after a publication
    }
  }

  /**
   * Writes a model without publishing it.
   *
   * @param folder where it is written and removed again; made if it does not exist
   */
  static Draft draft(ExportRequest request, Path folder) {
    Exporter exporter = new Exporter(request);
    exporter.requireFinite();
    VersionFolders folders = VersionFolders.open(folder);
    try (UnfinishedFolder temporary = folders.temporary()) {
      Written written = exporter.write(temporary.path());
      return new Draft(ModelFiles.servedBytes(temporary.path()), written.outputs());
    } catch (IOException e) {
      throw VersionFolders.cannotWrite(folder, e);
    } finally {
      folders.removeCreated();
    }
  }

  /** What was written: how many numbers, and what the graph gives for the reference inputs. */
  private record Written(long parameters, List<ReferenceCase> outputs) {}

  /** A model that was written and removed; see {@link ExportResult#servedBytes()}. */
  record Draft(long bytes, List<ReferenceCase> outputs) {}

  private Written write(Path folder) throws IOException {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = ParameterStore.forInference(graph);
      List<ServingSignature> signatures = List.copyOf(request.graph().build(store));
      List<Parameter> parameters = store.all();
      requireParameters(parameters);
      requireSignatures(signatures);
      SaverNodes.add(graph, parameters);
      MetaGraphDef model = ModelGraph.of(graph, parameters, signatures);
      requireServable(model);
      requireReferences(signatures);
      byte[] modelBytes = ModelGraph.savedModel(model);
      requireSpace(
          folder,
          modelBytes.length
              + Float.BYTES * ParameterStore.count(parameters)
              + ReferenceFiles.bytes(request.references()));

      ParameterValues.assign(session, store, request.values());
      requireAssigned(session, parameters);
      saveVariables(session, folder);
      AtomicFiles.write(folder.resolve(ModelFiles.MODEL), out -> out.write(modelBytes));
      Files.createDirectory(folder.resolve(ModelFiles.EXTRA));
      ReferenceFiles.write(folder, request.references());
      Map<String, Manifest.FileEntry> files = new LinkedHashMap<>();
      for (String file : ModelFiles.DIGESTED) {
        files.put(file, Manifest.entry(folder.resolve(file)));
      }
      for (Map.Entry<String, String> file : request.guide().files().entrySet()) {
        String path = ModelGuide.path(file.getKey());
        AtomicFiles.writeString(folder.resolve(path), file.getValue());
        files.put(path, Manifest.entry(folder.resolve(path)));
      }
      Manifest.of(request, parameters, signatures, request.values(), files).write(folder);
      return new Written(ParameterStore.count(parameters), outputs(session, signatures));
    }
  }

  private List<ReferenceCase> outputs(Session session, List<ServingSignature> signatures) {
    List<ReferenceCase> outputs = new ArrayList<>();
    for (ReferenceCase reference : request.references()) {
      for (ServingSignature signature : signatures) {
        if (signature.key().equals(reference.signature())) {
          outputs.add(ReferenceCase.record(session, signature, reference.inputs()));
        }
      }
    }
    return outputs;
  }

  private void requireFinite() {
    request
        .values()
        .forEach(
            (name, values) -> {
              for (int i = 0; i < values.length; i++) {
                if (!Float.isFinite(values[i])) {
                  throw UserError.in(name)
                      .what("the trained value is not finite and is not exported")
                      .received(values[i] + " at flat index " + i)
                      .next("export the last good checkpoint")
                      .build();
                }
              }
            });
  }

  private void requireParameters(List<Parameter> parameters) {
    Set<String> wanted = new TreeSet<>();
    for (Parameter parameter : parameters) {
      if (parameter.role() == Role.SLOT) {
        throw UserError.in(parameter.name())
            .what("the inference graph makes an optimizer slot")
            .next("leave the optimizer out of it")
            .build();
      }
      wanted.add(parameter.name());
    }
    if (!wanted.equals(request.values().keySet())) {
      Set<String> missing = new TreeSet<>(wanted);
      missing.removeAll(request.values().keySet());
      Set<String> unknown = new TreeSet<>(request.values().keySet());
      unknown.removeAll(wanted);
      throw UserError.in("model '" + request.modelName() + "'")
          .what("the values are not those of the inference graph's parameters")
          .expected(wanted.size() + " parameters")
          .received("no value for " + missing + ", no parameter for " + unknown)
          .next("build the same layers under the same scopes as in training")
          .build();
    }
  }

  private void requireSignatures(List<ServingSignature> signatures) {
    Set<String> keys = new LinkedHashSet<>();
    for (ServingSignature signature : signatures) {
      if (!keys.add(signature.key())) {
        throw UserError.in("signature '" + signature.key() + "'")
            .what("is there twice")
            .next("give every signature a key of its own")
            .build();
      }
      Stream.of(signature.inputs(), signature.outputs())
          .flatMap(operands -> operands.entrySet().stream())
          .forEach(
              entry -> {
                if (TensorArrays.typeOf(entry.getValue().asOutput().dataType()) == null) {
                  throw UserError.in("signature '" + signature.key() + "'")
                      .what("the type of '" + entry.getKey() + "' cannot cross a signature")
                      .expected("float32, float64, int32, int64, uint8 or bool")
                      .received(entry.getValue().asOutput().dataType())
                      .next("cast it in the graph")
                      .build();
                }
              });
    }
  }

  private void requireServable(MetaGraphDef model) {
    List<Fault> faults = StructureCheck.faults(model);
    if (!faults.isEmpty()) {
      throw UserError.in("model '" + request.modelName() + "'")
          .what("cannot be served")
          .received(Fault.summary(faults))
          .next("change the inference graph")
          .build();
    }
  }

  private void requireReferences(List<ServingSignature> signatures) {
    Map<String, ServingSignature> byKey =
        signatures.stream()
            .collect(Collectors.toMap(ServingSignature::key, signature -> signature));
    Set<String> open = new TreeSet<>(byKey.keySet());
    for (ReferenceCase reference : request.references()) {
      ServingSignature signature = byKey.get(reference.signature());
      if (signature == null) {
        throw UserError.in("reference case of signature '" + reference.signature() + "'")
            .what("the model has no such signature")
            .expected("one of " + byKey.keySet())
            .build();
      }
      reference.requireFit(signature);
      open.remove(reference.signature());
    }
    if (!open.isEmpty()) {
      throw UserError.in("model '" + request.modelName() + "'")
          .what("some signatures have no reference case: " + open)
          .next("record one from the trained session, a model is not published unproved")
          .build();
    }
  }

  private void requireSpace(Path folder, long bytes) throws IOException {
    long usable = Files.getFileStore(folder).getUsableSpace();
    if (usable < bytes + OVERHEAD_BYTES) {
      throw UserError.in(request.baseFolder())
          .what("the disk is too full for the model")
          .expected((bytes + OVERHEAD_BYTES) / 1024 + " KiB")
          .received(usable / 1024 + " KiB free")
          .next("free some space or choose another folder")
          .build();
    }
  }

  /** Bit for bit, so that -0 and denormals count too. */
  private void requireAssigned(Session session, List<Parameter> parameters) {
    ParameterValues.read(session, parameters)
        .forEach(
            (name, actual) -> {
              float[] expected = request.values().getOrDefault(name, new float[0]);
              for (int i = 0; i < actual.length; i++) {
                if (Float.floatToRawIntBits(actual[i]) != Float.floatToRawIntBits(expected[i])) {
                  throw new IllegalStateException(
                      name + "[" + i + "] is " + actual[i] + " after assigning " + expected[i]);
                }
              }
            });
  }

  private void saveVariables(Session session, Path folder) throws IOException {
    Files.createDirectory(folder.resolve(ModelFiles.VARIABLES));
    try {
      SaverNodes.save(session, folder.resolve(ModelFiles.VARIABLES_PREFIX).toString());
    } catch (TensorFlowException e) {
      throw UserError.in(request.baseFolder())
          .what("TensorFlow could not write the variables")
          .received(e.getMessage())
          .next("free some space or choose another folder")
          .cause(e)
          .build();
    }
  }

  private static long size(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(folder)) {
      all.filter(Files::isRegularFile).forEach(files::add);
    }
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }
    return bytes;
  }
}
