// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.nio.file.Path;

/** Draws a {@link Scene} as PNG on white. It needs neither display nor the fonts of the machine. */
final class ScenePng {
  /** Pixels of the PNG for one of the scene, so that it stays sharp on dense screens. */
  static final int SCALE = 2;

  static final Scene.Letters LETTERS =
      new Scene.Letters() {
        @Override
        public double advance(double size) {
          return size * Typeface.SANS.width("n");
        }

        @Override
        public double width(String text, double size) {
          return size * Typeface.SANS.width(text);
        }
      };

  private ScenePng() {}

  /**
   * Writes the picture.
   *
   * @throws org.hypernet4j.error.UserError if the picture would have more than 100 million pixels,
   *     or the file cannot be written
   */
  static void write(Path file, Scene scene) {
    PngFile.requireSize(
        file.toString(),
        (double) SCALE * scene.width(),
        (double) SCALE * scene.height(),
        scene.label(),
        "show less, or choose smaller cells");
    Picture picture = new Picture(SCALE * scene.width(), SCALE * scene.height());
    for (Scene.Item item : scene.items()) {
      if (item instanceof Scene.Text text) {
        picture.letters(outline(text), onWhite(text.ink()));
      } else if (item instanceof Scene.TextUp text) {
        picture.letters(outline(text), onWhite(text.ink()));
      } else {
        picture.paint(graphics -> shape(graphics, item));
      }
    }
    picture.write(file);
  }

  private static int onWhite(Scene.Ink ink) {
    return StripPicture.mix(ink.onWhite(), ink.opacity());
  }

  private static Shape outline(Scene.Text text) {
    Typeface letters =
        text.bold() && text.text().codePoints().allMatch(Typeface.BOLD::has)
            ? Typeface.BOLD
            : Typeface.SANS;
    double width = text.size() * letters.width(text.text());
    double left =
        switch (text.anchor()) {
          case START -> text.x();
          case MIDDLE -> text.x() - width / 2;
          case END -> text.x() - width;
        };
    return letters.outline(
        text.text(),
        SCALE * Math.max(0, left),
        SCALE * (text.y() + Typeface.CAPITAL * text.size() / 2),
        SCALE * text.size());
  }

  private static Shape outline(Scene.TextUp text) {
    AffineTransform place =
        AffineTransform.getTranslateInstance(
            SCALE * (text.x() + Typeface.CAPITAL * text.size() / 2), SCALE * text.y());
    place.quadrantRotate(-1);
    return place.createTransformedShape(
        Typeface.SANS.outline(text.text(), 0, 0, SCALE * text.size()));
  }

  private static void shape(Graphics2D graphics, Scene.Item item) {
    graphics.scale(SCALE, SCALE);
    if (item instanceof Scene.Box box) {
      graphics.setColor(colour(box.ink()));
      graphics.fill(new Rectangle2D.Double(box.x(), box.y(), box.width(), box.height()));
    } else if (item instanceof Scene.Line line) {
      graphics.setColor(colour(line.ink()));
      graphics.setStroke(stroke(line));
      graphics.draw(path(line));
    } else if (item instanceof Scene.Mark mark) {
      graphics.setColor(colour(mark.ink()));
      graphics.fill(outline(mark));
    } else if (item instanceof Scene.Raster raster) {
      graphics.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
      graphics.drawImage(
          raster.image().buffered(),
          (int) Math.round(raster.x()),
          (int) Math.round(raster.y()),
          (int) Math.round(raster.width()),
          (int) Math.round(raster.height()),
          null);
    }
  }

  private static Color colour(Scene.Ink ink) {
    int opacity = (int) Math.round(255 * ink.opacity());
    return new Color(opacity << 24 | ink.onWhite(), true);
  }

  private static BasicStroke stroke(Scene.Line line) {
    float thickness = (float) line.thickness();
    if (line.dashes().isEmpty()) {
      return new BasicStroke(thickness, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND);
    }
    float[] dashes = new float[line.dashes().size()];
    for (int i = 0; i < dashes.length; i++) {
      dashes[i] = line.dashes().get(i).floatValue();
    }
    return new BasicStroke(thickness, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1f, dashes, 0f);
  }

  private static Path2D path(Scene.Line line) {
    Path2D.Double path = new Path2D.Double();
    for (int i = 0; i < line.x().length; i++) {
      if (i == 0) {
        path.moveTo(line.x()[i], line.y()[i]);
      } else {
        path.lineTo(line.x()[i], line.y()[i]);
      }
    }
    return path;
  }

  private static Shape outline(Scene.Mark mark) {
    double[] corners = mark.shape().corners();
    double radius = mark.radius();
    if (corners.length == 0) {
      return new Ellipse2D.Double(mark.x() - radius, mark.y() - radius, 2 * radius, 2 * radius);
    }
    Path2D.Double path = new Path2D.Double();
    for (int i = 0; i < corners.length; i += 2) {
      double x = mark.x() + radius * corners[i];
      double y = mark.y() + radius * corners[i + 1];
      if (i == 0) {
        path.moveTo(x, y);
      } else {
        path.lineTo(x, y);
      }
    }
    path.closePath();
    return path;
  }
}
