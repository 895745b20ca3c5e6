// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.jspecify.annotations.Nullable;

/**
 * CIFAR-10: colour photographs of 32 x 32 pixels in ten classes (Krizhevsky, "Learning Multiple
 * Layers of Features from Tiny Images", 2009), in the binary form of the original.
 *
 * <p>The name of a file determines its use; each may be gzipped and then ends with {@code .gz}:
 *
 * <ul>
 *   <li>{@code data_batch_1.bin} to {@code data_batch_5.bin}, at least one: for training, 10,000
 *       images each.
 *   <li>{@code data_batch_N.firstK.bin}, at most one: the first K images of a batch that is not
 *       present as a whole, for validation. Without it the validation images are drawn at random
 *       from the training batches.
 *   <li>{@code test_batch.bin}, 10,000 images, or {@code test_batch.firstK.bin}: for the test.
 * </ul>
 */
public final class Cifar10 {
  /** Number of classes. */
  public static final int CLASSES = 10;

  /** Rows and columns of an image. */
  public static final int SIDE = 32;

  /** Values of a pixel: red, green, blue. */
  public static final int CHANNELS = 3;

  private static final int BATCH = 10_000;
  private static final int PLANE = SIDE * SIDE;
  private static final int RECORD = 1 + CHANNELS * PLANE;

  // the records, the images made of them, all images in one array, and those of the parts
  private static final int HEAP_PER_BYTE = 4;

  private static final Pattern NAME =
      Pattern.compile("(data_batch_[1-5]|test_batch)(?:\\.first(\\d{1,5}))?\\.bin(?:\\.gz)?");
  private static final String TEST = "test_batch";

  private Cifar10() {}

  /** A file, described by its name; it holds {@code count} images. */
  private record Part(String batch, boolean whole, int count, Path file) {}

  /**
   * Reads the files of a folder.
   *
   * @param validation number of images drawn from the training batches, if the folder holds no part
   *     of a batch; 5,000 for the split of the paper
   * @param seed determines which images are drawn
   * @throws UserError if a file is missing, present twice, damaged or not a CIFAR-10 file
   */
  public static ImageSplits fromFolder(Path folder, int validation, long seed) {
    List<Part> parts = parts(folder);
    Part test = test(folder, parts);
    List<Part> whole =
        parts.stream().filter(part -> part.whole() && !part.batch().equals(TEST)).toList();
    if (whole.isEmpty()) {
      throw missing(folder, "data_batch_1.bin");
    }
    List<Part> held =
        parts.stream().filter(part -> !part.whole() && !part.batch().equals(TEST)).toList();
    if (held.size() > 1) {
      throw UserError.in(folder)
          .what("more than one part of a training batch")
          .expected("at most one, for validation")
          .received(held.get(0).file().getFileName() + " and " + held.get(1).file().getFileName())
          .next("keep one of them in the folder")
          .build();
    }
    LabeledImages train = images(whole.stream().map(Cifar10::read).toList());
    LabeledImages testImages = images(List.of(read(test)));
    return held.isEmpty()
        ? ImageSplits.draw(train, validation, seed, testImages)
        : new ImageSplits(train, images(List.of(read(held.get(0)))), testImages);
  }

  /**
   * Reads the test images alone.
   *
   * @param folder with {@code test_batch.bin} or {@code test_batch.firstK.bin}
   * @throws UserError if the file is missing, present twice, damaged or not a CIFAR-10 file
   */
  public static LabeledImages test(Path folder) {
    return images(List.of(read(test(folder, parts(folder)))));
  }

  private static Part test(Path folder, List<Part> parts) {
    return parts.stream()
        .filter(part -> part.batch().equals(TEST))
        .findFirst()
        .orElseThrow(() -> missing(folder, "test_batch.bin"));
  }

  /** Whether a folder holds a file with a name of the test images. */
  public static boolean hasTest(Path folder) {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> NAME.matcher(file.getFileName().toString()))
          .anyMatch(name -> name.matches() && name.group(1).equals(TEST));
    } catch (IOException e) {
      throw DataStream.unreadable(folder.toString(), e);
    }
  }

  /**
   * A substitute for CIFAR-10, whose photographs have no licence and are not shipped: 1,000
   * training and 500 test pictures of its format, made from the MNIST sample; see {@link
   * ColouredDigits}.
   *
   * @param validation number of the 1,000 that are drawn for validation
   * @param seed determines which images are drawn
   */
  public static ImageSplits builtin(int validation, long seed) {
    ImageSplits digits = Mnist.builtin(1);
    return ImageSplits.draw(
        ColouredDigits.of(digits.train().slice(0, 1000), 1),
        validation,
        seed,
        ColouredDigits.of(digits.test().slice(0, 500), 2));
  }

  private static List<Part> parts(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw UserError.in(folder)
          .what("not a folder of CIFAR-10 files")
          .expected("a folder")
          .received(Files.exists(folder) ? "a file" : "no such path")
          .next("give the folder that holds data_batch_1.bin")
          .build();
    }
    TreeMap<String, Part> parts = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        Part part = part(file);
        Part other = part == null ? null : parts.putIfAbsent(part.batch(), part);
        if (part != null && other != null) {
          throw UserError.in(folder)
              .what("two files of one batch")
              .expected(part.batch() + " once")
              .received(other.file().getFileName() + " and " + file.getFileName())
              .next("keep one of them in the folder")
              .build();
        }
      }
    } catch (IOException e) {
      throw DataStream.unreadable(folder.toString(), e);
    }
    return List.copyOf(parts.values());
  }

  private static @Nullable Part part(Path file) {
    Matcher name = NAME.matcher(file.getFileName().toString());
    if (!name.matches()) {
      return null;
    }
    String first = name.group(2);
    int count = first == null ? BATCH : Integer.parseInt(first);
    if (count < 1 || count > BATCH) {
      throw UserError.in(file)
          .what("a batch has no such part")
          .expected("first1 to first" + BATCH)
          .received("first" + first)
          .next("name the file after the number of images in it")
          .build();
    }
    return new Part(name.group(1), first == null, count, file);
  }

  private static UserError missing(Path folder, String name) {
    return UserError.in(folder)
        .what("a CIFAR-10 file is missing")
        .expected(name + " or " + name + ".gz")
        .received("no such file")
        .next("unpack CIFAR-10's binary version, cifar-10-binary.tar.gz, and give its folder")
        .build();
  }

  private static byte[] read(Part part) {
    String what = part.count() + " CIFAR-10 images of " + RECORD + " bytes";
    byte[] records;
    try (DataStream in = DataStream.open(part.file())) {
      records = in.payload((double) part.count() * RECORD, what, HEAP_PER_BYTE);
    } catch (IOException e) {
      throw DataStream.unreadable(part.file().toString(), e);
    }
    for (int i = 0; i < part.count(); i++) {
      int label = Byte.toUnsignedInt(records[i * RECORD]);
      if (label >= CLASSES) {
        throw UserError.in(part.file())
            .what("label of image " + i + " (counted from 0) is out of range")
            .expected("0 to " + (CLASSES - 1) + " in the first of each " + RECORD + " bytes")
            .received(label)
            .next("give CIFAR-10's binary version; the file is another one, or damaged")
            .build();
      }
    }
    return records;
  }

  /** Records, red before green before blue, as images pixel by pixel. */
  private static LabeledImages images(List<byte[]> files) {
    int count = files.stream().mapToInt(records -> records.length / RECORD).sum();
    byte[] pixels = new byte[count * CHANNELS * PLANE];
    int[] labels = new int[count];
    int image = 0;
    for (byte[] records : files) {
      for (int at = 0; at < records.length; at += RECORD) {
        labels[image] = records[at];
        int target = image * CHANNELS * PLANE;
        for (int c = 0; c < CHANNELS; c++) {
          int source = at + 1 + c * PLANE;
          for (int p = 0; p < PLANE; p++) {
            pixels[target + p * CHANNELS + c] = records[source + p];
          }
        }
        image++;
      }
    }
    return new LabeledImages(pixels, SIDE, SIDE, CHANNELS, labels, CLASSES);
  }
}
