// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.hypernet4j.interop.ModelReader;
import org.hypernet4j.interop.ReaderLoop;
import org.hypernet4j.io.NpyArray;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.TensorFlow;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/** TensorFlow Java 0.5.0, whose loader is that of TensorFlow 2.10.1. */
public final class TensorFlow210Reader implements ModelReader {
  private final Map<Path, SavedModelBundle> models = new HashMap<>();

  public static void main(String[] args) throws IOException {
    ReaderLoop.answer(new TensorFlow210Reader());
  }

  @Override
  public String runtime() {
    return "TensorFlow " + TensorFlow.version() + " (TensorFlow Java 0.5.0)";
  }

  @Override
  public Map<String, NpyArray> call(Path model, String signature, Map<String, NpyArray> inputs) {
    SavedModelBundle bundle =
        models.computeIfAbsent(model, folder -> SavedModelBundle.load(folder.toString(), "serve"));
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    inputs.forEach((alias, array) -> tensors.put(alias, tensor(array)));
    Map<String, NpyArray> outputs = new LinkedHashMap<>();
    try (Result result = bundle.function(signature).call(tensors)) {
      result.forEach(entry -> outputs.put(entry.getKey(), array(entry.getValue())));
    } finally {
      tensors.values().forEach(Tensor::close);
    }
    return outputs;
  }

  private static Tensor tensor(NpyArray array) {
    Shape shape = Shape.of(array.shape());
    return switch (array.type()) {
      case F4 -> TFloat32.tensorOf(shape, DataBuffers.of(array.floats(), true, false));
      case I4 -> TInt32.tensorOf(shape, DataBuffers.of(array.ints(), true, false));
      case I8 -> TInt64.tensorOf(shape, DataBuffers.of(array.longs(), true, false));
      default -> throw new IllegalArgumentException("no tensor for " + array);
    };
  }

  private static NpyArray array(Tensor tensor) {
    ByteDataBuffer data = tensor.asRawTensor().data();
    long[] shape = tensor.shape().asArray();
    int size = Math.toIntExact(tensor.shape().size());
    switch (tensor.dataType()) {
      case DT_FLOAT -> {
        float[] values = new float[size];
        data.asFloats().read(values);
        return NpyArray.of(values, shape);
      }
      case DT_INT32 -> {
        int[] values = new int[size];
        data.asInts().read(values);
        return NpyArray.of(values, shape);
      }
      case DT_INT64 -> {
        long[] values = new long[size];
        data.asLongs().read(values);
        return NpyArray.of(values, shape);
      }
      default -> throw new IllegalArgumentException("no array for " + tensor.dataType());
    }
  }
}
