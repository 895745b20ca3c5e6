package org.hypernet4j.export;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.interop.ModelReader;
import org.hypernet4j.interop.ReaderLoop;
import org.hypernet4j.io.NpyArray;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.SignatureDef;

/** The TensorFlow of the tests as one reader more: with it the check itself is tested. */
final class SavedModelReader implements ModelReader {
  public static void main(String[] args) throws IOException {
    ReaderLoop.answer(new SavedModelReader());
  }

  @Override
  public String runtime() {
    return "TensorFlow " + TensorFlow.version();
  }

  @Override
  public Map<String, NpyArray> call(Path model, String signature, Map<String, NpyArray> inputs) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Map<String, NpyArray> outputs = new LinkedHashMap<>();
    try (SavedModelBundle bundle = SavedModelBundle.load(model.toString(), ModelGraph.TAG)) {
      SignatureDef definition = bundle.metaGraphDef().getSignatureDefOrThrow(signature);
      List<String> aliases = new ArrayList<>(definition.getOutputsMap().keySet());
      inputs.forEach((alias, array) -> tensors.put(alias, TensorArrays.toTensor(array)));
      try (Result result =
          new SignatureCalls(bundle.session()).call(definition, tensors, aliases)) {
        for (int i = 0; i < aliases.size(); i++) {
          outputs.put(aliases.get(i), TensorArrays.toArray(result.get(i)));
        }
      }
    } finally {
      tensors.values().forEach(Tensor::close);
    }
    return outputs;
  }
}
