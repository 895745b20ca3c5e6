// SPDX-License-Identifier: Apache-2.0
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.hypernet4j.interop.ModelReader;
import org.hypernet4j.interop.ReaderLoop;
import org.hypernet4j.io.NpyArray;
import org.tensorflow.TensorFlow;

/** The TensorFlow engine of DJL, on the native library in TENSORFLOW_LIBRARY_PATH. */
public final class DjlReader implements ModelReader {
  private final Map<String, Predictor<NDList, NDList>> predictors = new HashMap<>();

  public static void main(String[] args) throws IOException {
    ReaderLoop.answer(new DjlReader());
  }

  @Override
  public String runtime() {
    // sets up the native library; its own version is that of the TensorFlow that it was made for
    Engine.getEngine("TensorFlow");
    return "DJL %s (TensorFlow %s)".formatted(Engine.getDjlVersion(), TensorFlow.version());
  }

  @Override
  public Map<String, NpyArray> call(Path model, String signature, Map<String, NpyArray> inputs)
      throws IOException {
    Predictor<NDList, NDList> predictor = predictor(model, signature);
    Map<String, NpyArray> outputs = new LinkedHashMap<>();
    try (NDManager manager = NDManager.newBaseManager("TensorFlow")) {
      NDList list = new NDList();
      inputs.forEach(
          (alias, array) -> {
            NDArray input = tensor(manager, array);
            input.setName(alias);
            list.add(input);
          });
      NDList answer = predictor.predict(list);
      answer.forEach(output -> outputs.put(output.getName(), array(output)));
      answer.close();
      return outputs;
    } catch (TranslateException e) {
      throw new IOException(e);
    }
  }

  /** A signature is a model of its own here. */
  private Predictor<NDList, NDList> predictor(Path folder, String signature) throws IOException {
    String key = folder + " " + signature;
    Predictor<NDList, NDList> predictor = predictors.get(key);
    if (predictor == null) {
      Model model = Model.newInstance(folder.getFileName().toString(), "TensorFlow");
      try {
        model.load(folder, null, Map.of("Tags", "serve", "SignatureDefKey", signature));
      } catch (MalformedModelException e) {
        throw new IOException(e);
      }
      predictor = model.newPredictor(new NoopTranslator());
      predictors.put(key, predictor);
    }
    return predictor;
  }

  private static NDArray tensor(NDManager manager, NpyArray array) {
    Shape shape = new Shape(array.shape());
    return switch (array.type()) {
      case F4 -> manager.create(array.floats(), shape);
      case I4 -> manager.create(array.ints(), shape);
      case I8 -> manager.create(array.longs(), shape);
      default -> throw new IllegalArgumentException("no tensor for " + array);
    };
  }

  private static NpyArray array(NDArray tensor) {
    long[] shape = tensor.getShape().getShape();
    return switch (tensor.getDataType()) {
      case FLOAT32 -> NpyArray.of(tensor.toFloatArray(), shape);
      case INT32 -> NpyArray.of(tensor.toIntArray(), shape);
      case INT64 -> NpyArray.of(tensor.toLongArray(), shape);
      default -> throw new IllegalArgumentException("no array for " + tensor.getDataType());
    };
  }
}
