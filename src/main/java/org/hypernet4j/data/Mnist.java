// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.error.UserError;

/**
 * MNIST: handwritten digits, 28 x 28 grey values, ten classes (LeCun, Bottou, Bengio, Haffner,
 * "Gradient-based learning applied to document recognition", Proc. IEEE 86(11), 1998).
 *
 * <p>The full set is read from a folder of the user's; the built-in sample of the first 10,000
 * training and first 2,000 test records needs neither folder nor network.
 */
public final class Mnist {
  /** Number of classes. */
  public static final int CLASSES = 10;

  /** Rows and columns of an image. */
  public static final int SIDE = 28;

  private Mnist() {}

  /**
   * Reads the four IDX files of a folder, plain or gzipped, named {@code train-images-idx3-ubyte}
   * or {@code train-images.idx3-ubyte} with or without {@code .gz}.
   *
   * @param validation number of the last training images that become the validation set; 5,000 for
   *     the split of the paper
   * @throws UserError if a file is missing or damaged, or does not hold 28 x 28 images of digits
   */
  public static ImageSplits fromFolder(Path folder, int validation) {
    if (!Files.isDirectory(folder)) {
      throw UserError.in(folder)
          .what("not a folder of MNIST files")
          .expected("a folder")
          .received(Files.exists(folder) ? "a file" : "no such path")
          .next("give the folder that holds the four IDX files")
          .build();
    }
    LabeledImages train = part(folder, "train");
    LabeledImages test = part(folder, "t10k");
    return ImageSplits.cut(train, validation, test);
  }

  /**
   * The sample inside this library: the first 10,000 training and the first 2,000 test records.
   *
   * @param validation number of the last of the 10,000 that become the validation set; 1,000 is
   *     usual
   */
  public static ImageSplits builtin(int validation) {
    return ImageSplits.cut(builtinPart("train"), validation, builtinPart("t10k"));
  }

  private static LabeledImages part(Path folder, String part) {
    Path images = find(folder, part + "-images", "idx3-ubyte");
    Path labels = find(folder, part + "-labels", "idx1-ubyte");
    LabeledImages read = IdxFile.read(images, labels, CLASSES);
    if (read.height() != SIDE || read.width() != SIDE) {
      throw UserError.in(images)
          .what("not MNIST images")
          .expected(SIDE + " x " + SIDE + " pixels")
          .received(read.height() + " x " + read.width())
          .next("give the folder that holds the four MNIST files")
          .build();
    }
    return read;
  }

  private static Path find(Path folder, String stem, String kind) {
    List<String> names =
        List.of(
            stem + "-" + kind,
            stem + "-" + kind + ".gz",
            stem + "." + kind,
            stem + "." + kind + ".gz");
    for (String name : names) {
      if (Files.exists(folder.resolve(name))) {
        return folder.resolve(name);
      }
    }
    throw UserError.in(folder)
        .what("an MNIST file is missing")
        .expected("one of " + String.join(", ", names))
        .received("none of them")
        .next("put all four MNIST files into the folder")
        .build();
  }

  private static LabeledImages builtinPart(String part) {
    String images = "mnist/" + part + "-images-idx3-ubyte.gz";
    String labels = "mnist/" + part + "-labels-idx1-ubyte.gz";
    try (DataStream pixelStream = DataStream.resource(images);
        DataStream labelStream = DataStream.resource(labels)) {
      IdxFile.Images pixels = IdxFile.images(pixelStream);
      return IdxFile.pair(pixels, images, IdxFile.labels(labelStream, CLASSES), labels, CLASSES);
    } catch (IOException e) {
      throw new UncheckedIOException("the built-in MNIST sample cannot be read", e);
    }
  }
}
