// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.io.internal.HalfFloats;
import org.hypernet4j.io.internal.RegularFiles;

/**
 * Reads and writes one array in NumPy's .npy format.
 *
 * <p>Read: format versions 1.0, 2.0 and 3.0, either byte order, C or Fortran order (turned into C
 * order); float16, and bfloat16 as saved with ml_dtypes (two bytes of {@code void}), become the
 * equal float32. Written: version 1.0, little-endian, C order, byte for byte as {@code numpy.save}.
 *
 * <p>Format: <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">
 * numpy.lib.format</a>.
 */
public final class Npy {
  private static final int CHUNK_BYTES = 1 << 18;

  private Npy() {}

  /**
   * Reads a .npy file.
   *
   * @throws UserError if the file cannot be read, is not an array of a known type, or its number of
   *     bytes contradicts its shape
   */
  public static NpyArray read(Path file) {
    try (InputStream in = new BufferedInputStream(RegularFiles.newInputStream(file), CHUNK_BYTES)) {
      return read(in, Files.size(file), file.toString());
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /**
   * Reads the bytes of a .npy file.
   *
   * @param where name of the bytes in errors
   * @throws UserError as {@link #read(Path)}
   */
  public static NpyArray readFrom(byte[] file, String where) {
    try {
      return read(new ByteArrayInputStream(file), file.length, where);
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory", e);
    }
  }

  /**
   * Writes a .npy file through {@link AtomicFiles}.
   *
   * @throws UserError when the file cannot be written
   */
  public static void write(Path file, NpyArray array) {
    AtomicFiles.write(file, out -> writeTo(out, array));
  }

  /**
   * Writes a .npy file to a stream and leaves the stream open.
   *
   * @throws IOException if writing fails
   */
  public static void writeTo(OutputStream out, NpyArray array) throws IOException {
    out.write(NpyHeader.encode(array.type(), array.shape()));
    NpyType type = array.type();
    byte[] chunk = new byte[CHUNK_BYTES];
    ByteBuffer view = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
    int most = CHUNK_BYTES / type.bytes();
    for (int offset = 0; offset < array.size(); offset += most) {
      int count = Math.min(most, array.size() - offset);
      type.put(array.data(), offset, count, view);
      out.write(chunk, 0, count * type.bytes());
    }
  }

  /** Bytes of the .npy file for {@code array}. */
  static long encodedLength(NpyArray array) {
    return NpyHeader.encode(array.type(), array.shape()).length
        + (long) array.size() * array.type().bytes();
  }

  /**
   * Reads an array that fills {@code in}.
   *
   * @param length bytes in the stream, asked before any memory is taken for what the header claims
   * @param where the file, for errors
   */
  static NpyArray read(InputStream in, long length, String where) throws IOException {
    return read(NpyHeader.read(in, where), in, length, where);
  }

  /** Reads the elements after the header. */
  static NpyArray read(NpyHeader header, InputStream in, long length, String where)
      throws IOException {
    int size = (int) NpyHeader.elements(header.shape);
    int width = header.width();
    long expected = (long) size * width;
    requireBytes(where, header, expected, length - header.length);
    Object data = allocate(header.type(), size, where);
    byte[] chunk = new byte[(int) Math.min(CHUNK_BYTES, expected)];
    ByteBuffer view = ByteBuffer.wrap(chunk).order(header.order);
    for (int offset = 0; offset < size; ) {
      int count = Math.min(CHUNK_BYTES / width, size - offset);
      int wanted = count * width;
      int got = in.readNBytes(chunk, 0, wanted);
      if (got < wanted) {
        requireBytes(where, header, expected, (long) offset * width + got);
      }
      if (header.half == null) {
        header.type().get(view, data, offset, count);
      } else {
        HalfFloats.get(view.limit(wanted), header.half, (float[]) data, offset);
      }
      offset += count;
    }
    if (in.read() >= 0) {
      requireBytes(where, header, expected, expected + 1);
    }
    if (header.type() == NpyType.BOOL) {
      requireTruthValues((byte[]) data, where);
    }
    if (header.fortranOrder && header.shape.length > 1) {
      data = toRowMajor(header, data, size, where);
    }
    return NpyArray.wrap(header.type(), header.shape, data, where);
  }

  /**
   * Allocates a Java array for the number of elements that a file claims.
   *
   * @throws UserError if memory is insufficient
   */
  public static Object allocate(NpyType type, int count, String where) {
    try {
      return type.allocate(count);
    } catch (OutOfMemoryError e) {
      // one large request that failed has allocated nothing, so this process can continue
      throw UserError.in(where)
          .what("the array does not fit into the memory of this Java process")
          .expected("at most %,d bytes".formatted(Runtime.getRuntime().maxMemory()))
          .received("%,d numbers of %d bytes".formatted(count, type.bytes()))
          .next("give Java more memory, for example HYPERNET4J_JAVA_OPTS=-Xmx8g")
          .cause(e)
          .build();
    }
  }

  /** The error for a file that cannot be read. */
  public static UserError unreadable(Path file, IOException cause) {
    boolean missing =
        cause instanceof NoSuchFileException || cause instanceof FileNotFoundException;
    return UserError.in(file)
        .what(
            missing
                ? "there is no such file"
                : Files.isDirectory(file) ? "is a folder, not a file" : "cannot be read")
        .received(missing ? "nothing there" : String.valueOf(cause.getMessage()))
        .cause(cause)
        .build();
  }

  private static void requireBytes(String where, NpyHeader header, long expected, long received) {
    if (received != expected) {
      throw UserError.in(where)
          .what(received < expected ? "truncated array" : "more data than the shape allows")
          .expected(
              expected
                  + " bytes for "
                  + header.type().numpyName()
                  + " "
                  + Arrays.toString(header.shape))
          .received(received < expected ? received : "at least " + received)
          .next("write the file again")
          .build();
    }
  }

  private static void requireTruthValues(byte[] data, String where) {
    for (int i = 0; i < data.length; i++) {
      if ((data[i] & 0xFE) != 0) {
        throw UserError.in(where)
            .what("broken bool array")
            .expected("bytes 0 and 1")
            .received((data[i] & 0xFF) + " at flat index " + i)
            .next("write the file again")
            .build();
      }
    }
  }

  /** Reorders elements stored with the first axis fastest. */
  private static Object toRowMajor(NpyHeader header, Object columnMajor, int size, String where) {
    int rank = header.shape.length;
    int[] stride = new int[rank];
    int product = 1;
    for (int axis = 0; axis < rank; axis++) {
      stride[axis] = product;
      product *= (int) header.shape[axis];
    }
    Object rowMajor = allocate(header.type(), size, where);
    long[] index = new long[rank];
    int from = 0;
    for (int to = 0; to < size; to++) {
      System.arraycopy(columnMajor, from, rowMajor, to, 1);
      // odometer: step the last axis, carry to the left
      for (int axis = rank - 1; axis >= 0; axis--) {
        from += stride[axis];
        if (++index[axis] < header.shape[axis]) {
          break;
        }
        from -= stride[axis] * (int) header.shape[axis];
        index[axis] = 0;
      }
    }
    return rowMajor;
  }
}
