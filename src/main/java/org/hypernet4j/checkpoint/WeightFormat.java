// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.RegularFiles;
import org.jspecify.annotations.Nullable;

/**
 * Format of a file of weights, recognised by its first bytes and only then by its name. Each format
 * that is not read carries the Python code that converts it to a NumPy archive; {@code FILE} in the
 * code is replaced by the file's name.
 */
enum WeightFormat {
  /** Read as it is. */
  NUMPY_ARCHIVE("a NumPy archive", null),
  /** Read as it is. */
  OWN_CHECKPOINT("a checkpoint of a run", null),
  NUMPY_ARRAY(
      "a single NumPy array",
      "import numpy as np; np.savez('weights.npz', **{'NAME': np.load('FILE')})"),
  KERAS(
      "a Keras model",
      "import keras, numpy as np; m = keras.saving.load_model('FILE');"
          + " np.savez('weights.npz', **{w.path: w.numpy() for w in m.weights})"),
  HDF5(
      "an HDF5 file, as Keras writes it",
      "import h5py, numpy as np; a = {}; h5py.File('FILE', 'r').visititems(lambda n, d:"
          + " a.update({n: d[()]}) if isinstance(d, h5py.Dataset) else None);"
          + " np.savez('weights.npz', **a)"),
  TORCH(
      "a PyTorch file",
      "import torch, numpy as np; s = torch.load('FILE', map_location='cpu', weights_only=True);"
          + " s = s.get('state_dict', s);"
          + " np.savez('weights.npz', **{k: v.float().numpy() for k, v in s.items()})"),
  SAFETENSORS(
      "a safetensors file",
      "import numpy as np; from safetensors.numpy import load_file;"
          + " np.savez('weights.npz', **load_file('FILE'))"),
  ONNX(
      "an ONNX model",
      "import onnx, numpy as np; from onnx.numpy_helper import to_array;"
          + " np.savez('weights.npz', **{t.name: to_array(t) for t in"
          + " onnx.load('FILE').graph.initializer})"),
  GGUF(
      "a GGUF file",
      "import gguf, numpy as np; np.savez('weights.npz', **{t.name: gguf.dequantize(t.data,"
          + " t.tensor_type) for t in gguf.GGUFReader('FILE').tensors})"),
  MSGPACK(
      "a msgpack file of Flax",
      "import numpy as np; from flax.serialization import msgpack_restore; from"
          + " flax.traverse_util import flatten_dict; np.savez('weights.npz',"
          + " **flatten_dict(msgpack_restore(open('FILE', 'rb').read()), sep='/'))"),
  TENSORFLOW_V1(
      "a TensorFlow checkpoint of version 1, in one file",
      "import tensorflow as tf, numpy as np; r = tf.train.load_checkpoint('FILE');"
          + " np.savez('weights.npz', **{n: r.get_tensor(n) for n in"
          + " r.get_variable_to_shape_map()})"),
  /** Unknown, or no file. */
  UNKNOWN("", null);

  private static final int PEEKED = 16;
  private static final int MOST_ENTRIES = 100_000;
  private static final byte[] ZIP = {'P', 'K', 3, 4};
  private static final byte[] EMPTY_ZIP = {'P', 'K', 5, 6};
  private static final byte[] HDF5_MAGIC = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
  private static final byte[] NPY_MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final byte[] TABLE_MAGIC = {
    0x57, (byte) 0xfb, (byte) 0x80, (byte) 0x8b, 0x24, 0x75, 0x47, (byte) 0xdb
  };
  private static final byte PICKLE = (byte) 0x80;
  private static final int NEWEST_PICKLE = 5;

  private final String description;
  private final @Nullable String python;

  WeightFormat(String description, @Nullable String python) {
    this.description = description;
    this.python = python;
  }

  /**
   * The format of a file.
   *
   * @throws UserError if it cannot be read
   */
  static WeightFormat of(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    if (Files.isRegularFile(file)) {
      try {
        byte[] start;
        try (InputStream in = RegularFiles.newInputStream(file)) {
          start = in.readNBytes(PEEKED);
        }
        WeightFormat format = byContent(file, start);
        if (format != UNKNOWN) {
          return format;
        }
      } catch (IOException e) {
        throw UserError.in(file).what("cannot be read").received(e.getMessage()).cause(e).build();
      }
    }
    return name.endsWith(".npz")
        ? NUMPY_ARCHIVE // its reader reports what is wrong
        : !Files.isRegularFile(file)
            ? UNKNOWN
            : name.endsWith(".onnx") ? ONNX : name.endsWith(".msgpack") ? MSGPACK : UNKNOWN;
  }

  private static WeightFormat byContent(Path file, byte[] start) throws IOException {
    if (begins(start, ZIP) || begins(start, EMPTY_ZIP)) {
      return ofZip(file);
    } else if (begins(start, HDF5_MAGIC)) {
      return HDF5;
    } else if (begins(start, NPY_MAGIC)) {
      return NUMPY_ARRAY;
    } else if (begins(start, "GGUF".getBytes(StandardCharsets.US_ASCII))) {
      return GGUF;
    } else if (start.length > 1
        && start[0] == PICKLE
        && start[1] > 1
        && start[1] <= NEWEST_PICKLE) {
      return TORCH;
    } else if (isSafetensors(file, start)) {
      return SAFETENSORS;
    }
    return endsLikeATable(file) ? TENSORFLOW_V1 : UNKNOWN;
  }

  private static WeightFormat ofZip(Path file) {
    List<String> names = new ArrayList<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        if (names.size() < MOST_ENTRIES) {
          names.add(entry.getName());
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      return UNKNOWN; // its reader is tried and reports its own error
    }
    if (names.contains("checkpoint.json")) {
      return OWN_CHECKPOINT;
    } else if (names.stream().anyMatch(name -> name.endsWith("data.pkl"))) {
      return TORCH;
    } else if (names.stream().anyMatch(name -> name.endsWith(".weights.h5"))) {
      return KERAS;
    }
    return names.stream().allMatch(name -> name.endsWith(".npy")) ? NUMPY_ARCHIVE : UNKNOWN;
  }

  /** Eight bytes hold the length of the JSON that follows. */
  private static boolean isSafetensors(Path file, byte[] start) throws IOException {
    if (start.length < PEEKED || start[Long.BYTES] != '{') {
      return false;
    }
    long header = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
    return header > 1 && header <= Files.size(file) - Long.BYTES;
  }

  private static boolean endsLikeATable(Path file) throws IOException {
    long size = Files.size(file);
    if (size < PEEKED) {
      return false;
    }
    try (InputStream in = RegularFiles.newInputStream(file)) {
      in.skipNBytes(size - TABLE_MAGIC.length);
      return begins(in.readNBytes(TABLE_MAGIC.length), TABLE_MAGIC);
    }
  }

  private static boolean begins(byte[] start, byte[] magic) {
    return start.length >= magic.length
        && Arrays.equals(start, 0, magic.length, magic, 0, magic.length);
  }

  /** The error for a file of this format, which is not read. */
  UserError refusal(Path file) {
    UserError.Builder error =
        UserError.in(file)
            .what("no weights are known in this form")
            .expected("a .npz file, a TensorFlow checkpoint or the folder of a SavedModel");
    if (python == null) {
      return error
          .received(Files.exists(file) ? "another file" : "nothing there")
          .next("name a checkpoint without '.index' and '.data-00000-of-00001'")
          .build();
    }
    String name = file.toString().replace("\\", "\\\\").replace("'", "\\'");
    return error
        .received(description)
        .next("turn it into weights.npz: python -c \"" + python.replace("FILE", name) + "\"")
        .build();
  }
}
