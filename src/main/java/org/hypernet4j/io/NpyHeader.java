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

/** The start of a .npy file: magic, version, and a Python dictionary of type, order and shape. */
final class NpyHeader {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int ALIGNMENT = 64;
  // NumPy leaves room to grow the first axis in place; so do we, to write its very bytes
  private static final int GROWTH_DIGITS = 21;
  private static final int LONGEST = 1 << 20;

  private static final Pattern DESCRIPTOR =
      Pattern.compile("['\"]descr['\"]\\s*:\\s*(?:['\"]([^'\"]*)['\"]|(\\[.*]))", Pattern.DOTALL);
  private static final Pattern FORTRAN =
      Pattern.compile("['\"]fortran_order['\"]\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("['\"]shape['\"]\\s*:\\s*\\(([^)]*)\\)");
  private static final Pattern LENGTHS = Pattern.compile("(\\d{1,18}L?(,\\d{1,18}L?)*,?)?");

  final NpyType type;
  final ByteOrder order;
  final boolean fortranOrder;
  final long[] shape;

  /** Bytes of the header in the file: the elements follow. */
  final long length;

  private NpyHeader(
      NpyType type, ByteOrder order, boolean fortranOrder, long[] shape, long length) {
    this.type = type;
    this.order = order;
    this.fortranOrder = fortranOrder;
    this.shape = shape;
    this.length = length;
  }

  /** How many elements a shape has, or -1 when a Java array cannot hold them. */
  static long elements(long[] shape) {
    if (Arrays.stream(shape).anyMatch(n -> n == 0)) {
      return 0;
    }
    long count = 1;
    for (long n : shape) {
      if (n < 0 || n > Integer.MAX_VALUE - 8 || count * n > Integer.MAX_VALUE - 8) {
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
    NpyType type = NpyType.ofDescriptor(name);
    if (type == null) {
      throw UserError.in(where)
          .what("unsupported element type")
          .expected("float32, float64, int8, uint8, int16, int32, int64 or bool")
          .received("'" + shorten(name) + "'")
          .next("convert the array in NumPy with .astype before saving it")
          .build();
    }
    ByteOrder order =
        name.charAt(0) == '>'
            ? ByteOrder.BIG_ENDIAN
            : name.charAt(0) == '=' ? ByteOrder.nativeOrder() : ByteOrder.LITTLE_ENDIAN;
    String lengths = shape.group(1).strip().replaceAll("\\s*,\\s*", ",");
    if (!LENGTHS.matcher(lengths).matches()) {
      throw broken(where, "shape (" + shorten(shape.group(1)) + ")");
    }
    long[] axes =
        Arrays.stream(lengths.split(",", -1))
            .filter(n -> !n.isEmpty())
            .mapToLong(n -> Long.parseLong(n.replace("L", "")))
            .toArray();
    if (elements(axes) < 0) {
      throw UserError.in(where)
          .what("array too large for Java")
          .expected("at most 2147483639 elements")
          .received("shape (" + shorten(lengths) + ")")
          .build();
    }
    return new NpyHeader(type, order, fortran.group(1).equals("True"), axes, length);
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
