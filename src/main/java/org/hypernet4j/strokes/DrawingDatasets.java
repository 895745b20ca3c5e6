// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import java.nio.file.Path;
import org.hypernet4j.data.DrawingFilter;
import org.hypernet4j.data.DrawingPart;
import org.hypernet4j.data.DrawingSplits;
import org.hypernet4j.data.FlatDrawings;
import org.hypernet4j.data.IamOnDb;
import org.hypernet4j.data.InkMl;
import org.hypernet4j.data.Omniglot;
import org.hypernet4j.data.PenWords;
import org.hypernet4j.data.QuickDraw;
import org.hypernet4j.data.StrokeAugmentation;
import org.hypernet4j.data.StrokeScaling;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.spec.DataSpec;
import org.hypernet4j.spec.DrawingAugmentationSpec;
import org.hypernet4j.spec.DrawingDataSpec;
import org.hypernet4j.spec.DrawingsSpec;
import org.hypernet4j.spec.FlatDrawingsDataSpec;
import org.hypernet4j.spec.IamOnDbDataSpec;
import org.hypernet4j.spec.InkMlDataSpec;
import org.hypernet4j.spec.OmniglotDataSpec;
import org.hypernet4j.spec.PenWordsDataSpec;
import org.hypernet4j.spec.QuickDrawDataSpec;
import org.jspecify.annotations.Nullable;

/** The drawings that a specification names. */
public final class DrawingDatasets {
  private DrawingDatasets() {}

  /** The data as drawings; the model's own check has ensured that they are. */
  static DrawingDataSpec of(DataSpec spec) {
    if (spec instanceof DrawingDataSpec drawings) {
      return drawings;
    }
    throw new IllegalArgumentException("Not drawings: " + spec);
  }

  /**
   * Loads training, validation and test drawings within the limits of the specification.
   *
   * @param path the user's copy of the data, or null for the built-in ones
   * @throws UserError if there are no built-in drawings of this type, or the data are not as they
   *     should be
   */
  public static DrawingSplits load(DataSpec spec, @Nullable Path path) {
    DrawingsSpec limits = of(spec).drawings();
    return new DrawingFilter(limits.clamp(), limits.minPoints(), limits.maxPoints())
        .apply(read(spec, path));
  }

  /** As {@link #load}, before the limits are applied. */
  private static DrawingSplits read(DataSpec spec, @Nullable Path path) {
    if (spec instanceof OmniglotDataSpec) {
      return path == null ? Omniglot.builtin() : Omniglot.read(path);
    } else if (spec instanceof FlatDrawingsDataSpec flat) {
      return FlatDrawings.read(given(path, "NAME.flat.npz, or its folder"), flat.name());
    } else if (spec instanceof QuickDrawDataSpec quick) {
      return QuickDraw.read(
          given(path, "NAME.ndjson, or a folder of such files"),
          quick.recognizedOnly(),
          quick.mostPerFile(),
          quick.validationShare(),
          quick.testShare());
    }
    return written(spec, path);
  }

  /** Data that say what they are: handwriting with its text. */
  private static DrawingSplits written(DataSpec spec, @Nullable Path path) {
    if (spec instanceof IamOnDbDataSpec iam) {
      IamOnDb.Split split =
          switch (iam.split()) {
            case GRAVES -> IamOnDb.Split.GRAVES;
            case STANDARD -> IamOnDb.Split.STANDARD;
          };
      return IamOnDb.fromFolder(
          given(path, "the folder that holds lineStrokes, ascii and the four lists"), split);
    } else if (spec instanceof InkMlDataSpec ink) {
      return InkMl.fromFolder(
          given(path, "a folder of .inkml files"), ink.validationShare(), ink.testShare());
    } else if (spec instanceof PenWordsDataSpec words) {
      if (path != null) {
        throw UserError.in(Setting.of("data", path.toString()))
            .what("pen words are made, not read")
            .expected("no " + Setting.of("data"))
            .received(path)
            .next("leave it out, or use another data.type")
            .build();
      }
      return PenWords.splits(
          words.seed(), words.train(), words.validation(), words.test(), words.mostWords());
    }
    throw new IllegalArgumentException("Not drawings: " + spec);
  }

  private static Path given(@Nullable Path path, String expected) {
    if (path == null) {
      throw UserError.in(Setting.of("data"))
          .what("these data are not built in")
          .expected(expected)
          .received("no " + Setting.of("data"))
          .next(
              "add "
                  + Setting.of("data", "PATH")
                  + ", or use a specification whose data.type is 'omniglot'")
          .build();
    }
    return path;
  }

  /** The constants that normalise offsets as the specification says. */
  public static StrokeScaling scaling(DrawingsSpec spec, DrawingPart train) {
    return StrokeScaling.of(
        train,
        switch (spec.scaling()) {
          case ONE_SD -> StrokeScaling.Kind.ONE_SD;
          case PER_AXIS -> StrokeScaling.Kind.PER_AXIS;
          case NONE -> StrokeScaling.Kind.NONE;
        });
  }

  /** The random changes that the specification asks for. */
  public static StrokeAugmentation augmentation(DrawingsSpec spec) {
    DrawingAugmentationSpec changes = spec.augmentation();
    return new StrokeAugmentation(
        changes.scale(), changes.axes() == DrawingAugmentationSpec.Axes.APART, changes.dropping());
  }
}
