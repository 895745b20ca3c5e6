// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.checkpoint;

import static java.util.Objects.requireNonNull;

import com.google.gson.JsonParseException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.Npy;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.io.internal.Sha256;
import org.hypernet4j.io.internal.StoredEntry;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes one checkpoint as one file.
 *
 * <p>The file is a zip without compression: {@code checkpoint.json} with the step, the seed and so
 * on, then {@code <parameter>.npy} for each parameter. NumPy opens it as it opens a .npz:
 *
 * <pre>{@code
 * z = np.load("best.ckpt")
 * z["conv1/kernel"]                  # float32 [7, 7, 16, 16]
 * json.loads(z["checkpoint.json"])   # format, version, step, seed, ..., role and sha256 of each array
 * }</pre>
 *
 * <p>Equal checkpoints have equal bytes. A file is read as a whole or not at all: the zip's
 * checksums guard every entry, and {@code checkpoint.json} lists the name and SHA-256 of every
 * array, so that none can be missing, exchanged or changed.
 */
public final class CheckpointFile {
  private static final String HEAD = "checkpoint.json";
  private static final String SUFFIX = ".npy";
  // an entry is read into one Java array, and what cannot be read must not be written
  private static final long LARGEST_ENTRY = Integer.MAX_VALUE - 8;

  private CheckpointFile() {}

  /**
   * Writes {@code file} through {@link AtomicFiles}: afterwards it is complete and on disk, or
   * unchanged.
   *
   * @param file a file in a folder that exists
   * @throws UserError if the file cannot be written, or an array has 2 GiB or more
   */
  public static void write(Path file, Checkpoint checkpoint) {
    // A stored entry states size and checksum before its bytes, so each array is encoded twice:
    // once to measure it, once to write it. Encoding is a copy of memory.
    Map<String, ZipEntry> entries = new LinkedHashMap<>();
    Map<String, String> digests = new LinkedHashMap<>();
    checkpoint
        .values()
        .forEach(
            (name, array) -> {
              Measure measure = measure(file, name, array);
              entries.put(name, measure.entry(name + SUFFIX));
              digests.put(name, measure.sha256());
            });
    byte[] head = CheckpointHead.of(checkpoint, digests).encode();
    Measure headMeasure = new Measure();
    headMeasure.write(head, 0, head.length);
    AtomicFiles.write(
        file,
        out -> {
          try (ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(headMeasure.entry(HEAD));
            zip.write(head);
            zip.closeEntry();
            for (Map.Entry<String, ZipEntry> entry : entries.entrySet()) {
              zip.putNextEntry(entry.getValue());
              Npy.writeTo(zip, requireNonNull(checkpoint.values().get(entry.getKey())));
              zip.closeEntry();
            }
          }
        });
  }

  /**
   * Reads a file that {@link #write} wrote.
   *
   * @throws UserError if the file does not exist, is not a checkpoint, was written by another
   *     version of this project, or is damaged in any way
   */
  public static Checkpoint read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw UserError.in(file)
          .what("cannot be read")
          .expected("a checkpoint")
          .received(Files.exists(file) ? "something that is not a file" : "nothing there")
          .next("name a .ckpt file")
          .build();
    }
    if (!Files.isReadable(file)) {
      throw UserError.in(file)
          .what("cannot be read, its permissions do not allow it")
          .next("change them, or use an older checkpoint in " + folderOf(file))
          .build();
    }
    try (ZipFile zip = new ZipFile(file.toFile())) {
      CheckpointHead head = head(zip, file);
      Map<String, String> digests = requireNonNull(head.sha256());
      // all listed arrays are found below, so an equal count rules out others
      if (zip.size() != digests.size() + 1) {
        throw damaged(
            file, (zip.size() - 1) + " arrays where " + HEAD + " lists " + digests.size(), null);
      }
      Map<String, NpyArray> values = new LinkedHashMap<>();
      for (Map.Entry<String, String> digest : digests.entrySet()) {
        String name = digest.getKey();
        byte[] npy = entry(zip, name + SUFFIX, file);
        if (!Sha256.of(npy).equals(digest.getValue())) {
          throw damaged(file, "'" + name + "' with another SHA-256 than in " + HEAD, null);
        }
        values.put(name, Npy.readFrom(npy, file + ": " + name));
      }
      return new Checkpoint(
          requireNonNull(head.step()),
          requireNonNull(head.seed()),
          requireNonNull(head.specification()),
          requireNonNull(head.dataFingerprint()),
          values,
          head.parsedRoles(),
          requireNonNull(head.state()));
    } catch (JsonParseException e) {
      throw damaged(file, HEAD + ": " + e.getMessage(), e);
    } catch (IOException | IllegalArgumentException e) {
      // ZipFile throws IllegalArgumentException for some broken names
      throw damaged(file, String.valueOf(e.getMessage()), e);
    }
  }

  private static CheckpointHead head(ZipFile zip, Path file) throws IOException {
    CheckpointHead head;
    try {
      head = CheckpointHead.decode(entry(zip, HEAD, file));
    } catch (JsonParseException e) {
      throw damaged(file, HEAD + " that cannot be parsed: " + e.getMessage(), e);
    }
    if (!CheckpointHead.FORMAT.equals(head.format())) {
      throw damaged(file, HEAD + " with format '" + head.format() + "'", null);
    }
    Integer version = head.version();
    if (version == null || version != CheckpointHead.VERSION) {
      throw UserError.in(file)
          .what("written by another version of Hypernet4J")
          .expected("checkpoint format " + CheckpointHead.VERSION)
          .received(version)
          .next("use that version, or an older checkpoint in " + folderOf(file))
          .build();
    }
    String missing = head.missing();
    if (missing != null) {
      throw damaged(file, HEAD + " without '" + missing + "'", null);
    }
    return head;
  }

  private static byte[] entry(ZipFile zip, String name, Path file) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw damaged(file, "no entry '" + name + "'", null);
    }
    // the directory of the zip may claim any size: nothing is allocated for an impossible one
    long size = entry.getSize();
    if (entry.getMethod() != ZipEntry.STORED
        || size < 0
        || size > LARGEST_ENTRY
        || size > Files.size(file)) {
      throw damaged(file, "'" + name + "' of " + size + " bytes", null);
    }
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] bytes = in.readNBytes((int) size);
      // ZipFile itself compares checksums of compressed entries only
      CRC32 checksum = new CRC32();
      checksum.update(bytes);
      if (bytes.length != size || checksum.getValue() != entry.getCrc()) {
        throw damaged(file, "'" + name + "' with a wrong checksum", null);
      }
      return bytes;
    }
  }

  private static UserError damaged(Path file, String received, @Nullable Exception cause) {
    UserError.Builder error =
        UserError.in(file)
            .what("damaged, or not a checkpoint")
            .received(received)
            .next("use an older checkpoint in " + folderOf(file));
    return (cause == null ? error : error.cause(cause)).build();
  }

  private static @Nullable Path folderOf(Path file) {
    return file.toAbsolutePath().getParent();
  }

  private static Measure measure(Path file, String name, NpyArray array) {
    Measure measure = new Measure();
    try {
      Npy.writeTo(measure, array);
    } catch (IOException e) {
      throw new IllegalStateException("measuring in memory", e);
    }
    if (measure.size > LARGEST_ENTRY) {
      throw UserError.in(file)
          .what("'" + name + "' is too large for a checkpoint")
          .expected("at most " + LARGEST_ENTRY + " bytes a parameter")
          .received(measure.size + " for " + array)
          .next("split the parameter")
          .build();
    }
    return measure;
  }

  /** Measures size and checksums of the bytes written to it, and discards them. */
  private static final class Measure extends OutputStream {
    private final CRC32 crc = new CRC32();
    private final MessageDigest sha256 = Sha256.begin();
    private long size;

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      crc.update(bytes, offset, length);
      sha256.update(bytes, offset, length);
      size += length;
    }

    /** Completes the digest. Call it once. */
    String sha256() {
      return Sha256.hex(sha256);
    }

    ZipEntry entry(String name) {
      return StoredEntry.of(name, size, crc);
    }
  }
}
