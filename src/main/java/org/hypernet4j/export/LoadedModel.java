package org.hypernet4j.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.RegularFiles;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/** An exported model, loaded to be used. */
public final class LoadedModel implements AutoCloseable {
  private final Path folder;
  private final SavedModelBundle bundle;

  private LoadedModel(Path folder, SavedModelBundle bundle) {
    this.folder = folder;
    this.bundle = bundle;
  }

  /**
   * Loads a model. The files of one that this library exported are first compared with its
   * manifest, once, by size and SHA-256.
   *
   * @param folder of one version, with {@code saved_model.pb} in it
   * @throws UserError if there is none, it is not whole, a file of it has changed since it was
   *     exported, or TensorFlow cannot load it
   */
  public static LoadedModel open(Path folder) {
    Verifier.requireModelFolder(folder);
    for (String file : new String[] {ModelFiles.MODEL, ModelFiles.VARIABLES_INDEX}) {
      if (!Files.isRegularFile(folder.resolve(file))) {
        throw UserError.in(folder.resolve(file))
            .what("is missing, so this is no exported model or only a part of one")
            .next("export the model again")
            .build();
      }
    }
    ModelIntegrity.require(folder);
    try {
      return new LoadedModel(folder, SavedModelBundle.load(folder.toString(), ModelGraph.TAG));
    } catch (TensorFlowException
        | IllegalArgumentException
        | IllegalStateException
        | UnsupportedOperationException e) {
      throw UserError.in(folder)
          .what("TensorFlow cannot load the model")
          .received(Verifier.oneLine(e))
          .next("check it with './hypernet4j verify " + folder + "'")
          .cause(e)
          .build();
    }
  }

  /** Holds the variables; its graph is the model's. */
  public Session session() {
    return bundle.session();
  }

  /**
   * One of the model's signatures.
   *
   * @throws UserError if the model does not have it
   */
  public ServingSignature signature(String key) {
    Map<String, SignatureDef> signatures = bundle.metaGraphDef().getSignatureDefMap();
    SignatureDef signature = signatures.get(key);
    if (signature == null) {
      throw UserError.in(folder)
          .what("the model has no signature '" + key + "'")
          .expected("a model that has it")
          .received("signatures " + new TreeSet<>(signatures.keySet()))
          .build();
    }
    return new ServingSignature(
        key, operands(signature.getInputsMap()), operands(signature.getOutputsMap()));
  }

  private Map<String, Operand<?>> operands(Map<String, TensorInfo> tensors) {
    Map<String, Operand<?>> operands = new LinkedHashMap<>();
    tensors.forEach(
        (alias, info) -> {
          String name = info.getName();
          GraphOperation op = bundle.graph().operation(GraphNodes.opOf(name));
          int output = GraphNodes.outputOf(name);
          if (op == null || output >= op.numOutputs()) {
            throw UserError.in(folder)
                .what("the tensor '" + name + "' is not in the graph")
                .build();
          }
          operands.put(alias, op.output(output));
        });
    return operands;
  }

  /**
   * The text of a file beside the manifest, see {@link ModelGuide#files}.
   *
   * @throws UserError if there is none
   */
  public String file(String name) {
    Path file = folder.resolve(ModelGuide.path(name));
    try {
      return RegularFiles.readString(file, RegularFiles.DESCRIPTION);
    } catch (IOException e) {
      throw UserError.in(file)
          .what("cannot be read")
          .received(e.toString())
          .next("export the model again")
          .cause(e)
          .build();
    }
  }

  @Override
  public void close() {
    bundle.close();
  }
}
