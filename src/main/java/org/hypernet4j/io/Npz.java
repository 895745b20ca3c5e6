// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.io;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.io.internal.StoredEntry;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;

/**
 * Reads and writes NumPy's .npz archives: a zip of .npy files, one an array.
 *
 * <p>Names are those that {@code numpy.load} shows, without {@code .npy}; they may hold slashes
 * ({@code conv1/kernel}). Equal arrays in equal order yield equal bytes.
 *
 * <pre>{@code
 * Npz.write(path, Map.of("conv1/kernel", NpyArray.of(values, 7, 7, 16, 16)));
 * float[] kernel = Npz.read(path).get("conv1/kernel").floats();
 * }</pre>
 */
public final class Npz {
  private static final String SUFFIX = ".npy";
  // deflate codes at best 258 bytes in 2 bits
  private static final long BEST_DEFLATE_RATIO = 1032;

  private Npz() {}

  /**
   * The content of an archive.
   *
   * @param arrays the arrays of numbers, by name
   * @param unreadable arrays of texts, objects or records, by name, with the error for a caller
   *     that needs one
   * @param bfloat16 names of those among {@code arrays} that are stored as two bytes of {@code
   *     void} and were read as bfloat16
   */
  public record Contents(
      Map<String, NpyArray> arrays, Map<String, UserError> unreadable, List<String> bfloat16) {
    /** Keeps the order of the archive. */
    public Contents {
      arrays = Collections.unmodifiableMap(new LinkedHashMap<>(arrays));
      unreadable = Collections.unmodifiableMap(new LinkedHashMap<>(unreadable));
      bfloat16 = List.copyOf(bfloat16);
    }
  }

  /**
   * Reads all arrays of an archive, in the archive's order. Checksums are checked.
   *
   * @return a map that cannot be changed, from name to array
   * @throws UserError if the file cannot be read, is not a zip archive, or is damaged, or if an
   *     entry is not an array of a known type
   */
  public static Map<String, NpyArray> read(Path file) {
    return read(file, file.toString());
  }

  /**
   * Reads a foreign archive, which may also contain arrays of texts or objects.
   *
   * @throws UserError as {@link #read(Path)}, but not for an entry of another type
   */
  public static Contents readContents(Path file) {
    return contents(file, file.toString());
  }

  /**
   * Reads all arrays of an archive that comes as a stream. The stream is read to its end and left
   * open.
   *
   * @param where name of the archive in errors
   * @throws UserError as {@link #read(Path)}, or when there is no room for a temporary copy
   */
  public static Map<String, NpyArray> readFrom(InputStream in, String where) {
    // A zip is only safe to read from its directory at the end: a stream cut between two entries
    // would otherwise look like a smaller archive.
    Path copy = null;
    try {
      copy = Files.createTempFile("hypernet4j", ".npz");
      try (OutputStream out = Files.newOutputStream(copy)) {
        in.transferTo(out);
      }
      return read(copy, where);
    } catch (IOException e) {
      throw UserError.in(where)
          .what("cannot be copied into the temporary folder")
          .received(e.getMessage())
          .cause(e)
          .build();
    } finally {
      if (copy != null) {
        AtomicFiles.deleteRecursively(copy);
      }
    }
  }

  /** Reads all arrays of an archive in memory, as {@link #readFrom(InputStream, String)}. */
  public static Map<String, NpyArray> readFrom(byte[] archive, String where) {
    return readFrom(new ByteArrayInputStream(archive), where);
  }

  /**
   * Writes an archive through {@link AtomicFiles}, uncompressed, in the map's order.
   *
   * @param arrays name to array, names without {@code .npy}
   * @throws UserError when the file cannot be written
   */
  public static void write(Path file, Map<String, NpyArray> arrays) {
    AtomicFiles.write(
        file,
        out -> {
          try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, NpyArray> array : arrays.entrySet()) {
              zip.putNextEntry(entry(array.getKey(), array.getValue()));
              Npy.writeTo(zip, array.getValue());
              zip.closeEntry();
            }
          }
        });
  }

  private static ZipEntry entry(String name, NpyArray array) throws IOException {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("an array in an archive needs a name");
    }
    // a stored entry states its checksum before its bytes, hence one more pass over memory
    CRC32 checksum = new CRC32();
    Npy.writeTo(new CheckedOutputStream(OutputStream.nullOutputStream(), checksum), array);
    return StoredEntry.of(name + SUFFIX, Npy.encodedLength(array), checksum);
  }

  private static Map<String, NpyArray> read(Path file, String where) {
    Contents contents = contents(file, where);
    for (UserError first : contents.unreadable().values()) {
      throw first;
    }
    return contents.arrays();
  }

  private static Contents contents(Path file, String where) {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    Map<String, UserError> unreadable = new LinkedHashMap<>();
    List<String> bfloat16 = new ArrayList<>();
    if (!Files.isRegularFile(file)) {
      throw UserError.in(where)
          .what("cannot be read")
          .expected("a .npz file")
          .received(Files.exists(file) ? "something that is not a file" : "nothing there")
          .build();
    }
    try (ZipFile zip = new ZipFile(file.toFile())) {
      // what is left of the archive for the entries to come: no two share a byte
      long room = Files.size(file);
      Enumeration<? extends ZipEntry> entries = zip.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        String name = entry.getName();
        if (!name.endsWith(SUFFIX) || name.length() == SUFFIX.length()) {
          throw UserError.in(where)
              .what("holds something that is not an array")
              .expected("entries that end in .npy")
              .received("'" + name + "'")
              .next("write the file with numpy.savez or Npz.write")
              .build();
        }
        String key = name.substring(0, name.length() - SUFFIX.length());
        if (arrays.containsKey(key) || unreadable.containsKey(key)) {
          throw damaged(where, "two arrays named '" + key + "'", null);
        }
        Entry read = read(zip, entry, room, where + ": " + key);
        room -= entry.getCompressedSize();
        if (read.array() != null) {
          arrays.put(key, read.array());
        } else if (read.unreadable() != null) {
          unreadable.put(key, read.unreadable());
        }
        if (read.bfloat16()) {
          bfloat16.add(key);
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      // ZipFile answers some broken names with IllegalArgumentException
      throw damaged(where, String.valueOf(e.getMessage()), e);
    }
    return new Contents(arrays, unreadable, bfloat16);
  }

  private record Entry(
      @Nullable NpyArray array, @Nullable UserError unreadable, boolean bfloat16) {}

  private static Entry read(ZipFile zip, ZipEntry entry, long room, String where)
      throws IOException {
    long packed = entry.getCompressedSize();
    // a directory may claim anything: nothing is allocated for a claim that cannot be true
    if (packed < 0 || packed > room || entry.getSize() / BEST_DEFLATE_RATIO > packed) {
      throw damaged(where, entry.getSize() + " bytes packed into " + packed, null);
    }
    CRC32 checksum = new CRC32();
    try (InputStream raw = zip.getInputStream(entry)) {
      Entry read = read(new CheckedInputStream(raw, checksum), entry.getSize(), where);
      if (checksum.getValue() != entry.getCrc()) {
        throw damaged(
            where,
            "checksum %08x instead of %08x".formatted(checksum.getValue(), entry.getCrc()),
            null);
      }
      return read;
    }
  }

  private static Entry read(InputStream in, long length, String where) throws IOException {
    NpyHeader header = NpyHeader.read(in, where);
    if (!header.isNumeric()) {
      in.transferTo(OutputStream.nullOutputStream()); // for the checksum
      return new Entry(null, header.unsupported(), false);
    }
    return new Entry(
        Npy.read(header, in, length, where), null, header.half == DataType.DT_BFLOAT16);
  }

  private static UserError damaged(String where, String received, @Nullable Exception cause) {
    UserError.Builder error =
        UserError.in(where)
            .what("not a whole .npz archive")
            .received(received)
            .next("download or write the file again");
    return (cause == null ? error : error.cause(cause)).build();
  }
}
