// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.hypernet4j.error.UserError;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;

/** The start of a .npy file: magic, version, and a Python dictionary of type, order and shape. */
public final class NpyHeader {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int ALIGNMENT = 64;
  // NumPy leaves room to grow the first axis in place; so do we, to write its very bytes
  private static final int GROWTH_DIGITS = 21;
  private static final int LONGEST = 1 << 20;
  // NumPy 2 has at most 64 axes, NumPy 1 had 32
  private static final int MOST_AXES = 64;

  private static final Pattern DESCRIPTOR =
      Pattern.compile("['\"]descr['\"]\\s*:\\s*(?:['\"]([^'\"]*)['\"]|(\\[.*]))", Pattern.DOTALL);
  private static final Pattern FORTRAN =
      Pattern.compile("['\"]fortran_order['\"]\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("['\"]shape['\"]\\s*:\\s*\\(([^)]*)\\)");
  private static final Pattern LENGTH = Pattern.compile("\\d{1,18}L?");

  private final @Nullable NpyType type;
  private final String descriptor;
  private final String where;

  /** {@code DT_HALF} or {@code DT_BFLOAT16} where the file holds floats of 16 bits. */
  final @Nullable DataType half;

  final ByteOrder order;
  final boolean fortranOrder;
  final long[] shape;

  /** Bytes of the header in the file: the elements follow. */
  final long length;

  private NpyHeader(
      String where,
      String descriptor,
      @Nullable NpyType type,
      @Nullable DataType half,
      ByteOrder order,
      boolean fortranOrder,
      long[] shape,
      long length) {
    this.where = where;
    this.descriptor = descriptor;
    this.type = type;
    this.half = half;
    this.order = order;
    this.fortranOrder = fortranOrder;
    this.shape = shape;
    this.length = length;
  }

  /**
   * The type in memory, float32 for {@link #half}.
   *
   * @throws UserError if elements are something that no Java array of ours holds: texts, objects,
   *     records
   */
  NpyType type() {
    if (type == null) {
      throw unsupported();
    }
    return type;
  }

  /** The error for a caller that needs the elements. */
  UserError unsupported() {
    return UserError.in(where)
        .what("unsupported element type")
        .expected("float16, float32, float64, bfloat16, int8, uint8, int16, int32, int64 or bool")
        .received("'" + shorten(descriptor) + "'")
        .next("convert the array in NumPy with .astype before saving it")
        .build();
  }

  /** Whether {@link #type} returns a type. */
  boolean isNumeric() {
    return type != null;
  }

  /** Bytes of an element in the file. */
  int width() {
    return half == null ? type().bytes() : Short.BYTES;
  }

  /** Number of elements of a shape, or -1 if a Java array cannot hold them. */
  public static long elements(long[] shape) {
    if (Arrays.stream(shape).anyMatch(n -> n < 0)) {
      return -1;
    }
    if (Arrays.stream(shape).anyMatch(n -> n == 0)) {
      return 0;
    }
    long count = 1;
    for (long n : shape) {
      if (n > Integer.MAX_VALUE - 8 || count * n > Integer.MAX_VALUE - 8) {
        return -1;
      }
      count *= n;
    }
    return count;
  }

  /** The header that NumPy writes for an array in C order, format version 1.0. */
  static byte[] encode(NpyType type, long[] shape) {
    String lengths =
        Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", "));
    StringBuilder text =
        new StringBuilder("{'descr': '")
            .append(type.descriptor())
            .append("', 'fortran_order': False, 'shape': (")
            .append(lengths)
            .append(shape.length == 1 ? ",), }" : "), }");
    if (shape.length > 0) {
      text.append(" ".repeat(GROWTH_DIGITS - Long.toString(shape[0]).length()));
    }
    int prefix = MAGIC.length + 4;
    int unpadded = prefix + text.length() + 1;
    text.append(" ".repeat((ALIGNMENT - unpadded % ALIGNMENT) % ALIGNMENT)).append('\n');
    return ByteBuffer.allocate(prefix + text.length())
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .put((byte) 1)
        .put((byte) 0)
        .putShort((short) text.length())
        .put(text.toString().getBytes(StandardCharsets.US_ASCII))
        .array();
  }

  /**
   * Reads a header and leaves {@code in} at the first element.
   *
   * @param where the file, for errors
   */
  static NpyHeader read(InputStream in, String where) throws IOException {
    byte[] start = in.readNBytes(MAGIC.length + 2);
    if (start.length < MAGIC.length + 2
        || !Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw UserError.in(where)
          .what("not a .npy array")
          .expected("a file that starts with \\x93NUMPY")
          .next("write it with numpy.save or numpy.savez")
          .build();
    }
    int version = start[MAGIC.length] & 0xFF;
    if (version < 1 || version > 3 || start[MAGIC.length + 1] != 0) {
      throw UserError.in(where)
          .what("unknown .npy format")
          .expected("version 1.0, 2.0 or 3.0")
          .received(version + "." + (start[MAGIC.length + 1] & 0xFF))
          .build();
    }
    int lengthBytes = version == 1 ? 2 : 4;
    long textLength = 0;
    byte[] encodedLength = in.readNBytes(lengthBytes);
    for (int i = 0; i < encodedLength.length; i++) {
      textLength |= (encodedLength[i] & 0xFFL) << (8 * i);
    }
    if (textLength > LONGEST) {
      throw broken(where, "a header of " + textLength + " bytes");
    }
    byte[] text = in.readNBytes((int) textLength);
    if (encodedLength.length < lengthBytes || text.length < textLength) {
      throw broken(where, "a file that ends inside its header");
    }
    return parse(
        new String(text, version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1),
        start.length + lengthBytes + textLength,
        where);
  }

  private static NpyHeader parse(String text, long length, String where) {
    Matcher descriptor = DESCRIPTOR.matcher(text);
    Matcher fortran = FORTRAN.matcher(text);
    Matcher shape = SHAPE.matcher(text);
    if (!descriptor.find() || !fortran.find() || !shape.find()) {
      throw broken(where, "'" + shorten(text) + "'");
    }
    String name = descriptor.group(1) == null ? descriptor.group(2) : descriptor.group(1);
    DataType half = half(name);
    NpyType type = half == null ? NpyType.ofDescriptor(name) : NpyType.F4;
    ByteOrder order =
        name.startsWith(">")
            ? ByteOrder.BIG_ENDIAN
            : name.startsWith("=") ? ByteOrder.nativeOrder() : ByteOrder.LITTLE_ENDIAN;
    String lengths = shape.group(1).strip();
    long[] axes = axes(lengths, where);
    if (elements(axes) < 0) {
      throw UserError.in(where)
          .what("array too large for Java")
          .expected("at most 2147483639 elements")
          .received("shape (" + shorten(lengths) + ")")
          .build();
    }
    return new NpyHeader(
        where, name, type, half, order, fortran.group(1).equals("True"), axes, length);
  }

  /**
   * The type of floats of 16 bits. NumPy has no bfloat16 of its own: the {@code bfloat16} of
   * ml_dtypes (JAX, TensorFlow, PyTorch users) is saved as two bytes of {@code void}.
   */
  private static @Nullable DataType half(String descriptor) {
    return switch (descriptor) {
      case "<f2", ">f2", "=f2" -> DataType.DT_HALF;
      case "<V2", "|V2", ">V2", "=V2" -> DataType.DT_BFLOAT16;
      default -> null;
    };
  }

  /** The lengths between the brackets; one alone has a comma after it. */
  private static long[] axes(String lengths, String where) {
    if (lengths.isEmpty()) {
      return new long[0];
    }
    String[] parts = lengths.split(",", MOST_AXES + 2);
    int count = parts[parts.length - 1].isBlank() ? parts.length - 1 : parts.length;
    if (count < 1 || count > MOST_AXES) {
      throw broken(where, count < 1 ? "shape (,)" : "more than " + MOST_AXES + " axes");
    }
    long[] axes = new long[count];
    for (int i = 0; i < count; i++) {
      String length = parts[i].strip();
      if (!LENGTH.matcher(length).matches()) {
        throw broken(where, "shape (" + shorten(lengths) + ")");
      }
      axes[i] = Long.parseLong(length.replace("L", ""));
    }
    return axes;
  }

  private static UserError broken(String where, String received) {
    return UserError.in(where)
        .what("broken .npy header")
        .expected("a dictionary of 'descr', 'fortran_order' and 'shape'")
        .received(received)
        .next("write the file again")
        .build();
  }

  private static String shorten(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "...";
  }
}
