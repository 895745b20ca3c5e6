// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;
import org.hypernet4j.spec.PenSpec;
import org.hypernet4j.spec.WindowSpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Drawings point by point against those that are made at once. */
class DrawingStreamTest {
  private static final SmallStrokeModel HYPER = SmallStrokeModel.hyperLstm();
  private static final SmallStrokeModel STACK = SmallStrokeModel.stack();
  private static final SmallStrokeModel WRITING =
      SmallStrokeModel.writing(WindowSpec.Form.GRAVES, WindowSpec.Stop.TEXT);
  private static final PenDrawing BEGUN =
      PenDrawing.of("begun", new float[] {5, 1, 0, -3, 2, 1, 4, 4, 0});

  @AfterAll
  static void close() {
    List.of(HYPER, STACK, WRITING).forEach(SmallStrokeModel::close);
  }

  private static StrokesModel opened(SmallStrokeModel model) {
    boolean writes = model.spec.window() != null;
    return StrokesModel.of(
        model.session.session(),
        model.signatures,
        () -> {},
        new StrokesModel.Properties(
            "small",
            null,
            model.spec.pen() == PenSpec.THREE_WAY || writes,
            0,
            false,
            model.scaling,
            writes ? SmallStrokeModel.CHARACTERS : null));
  }

  private static List<DrawingStream.Point> points(DrawingStream stream) {
    List<DrawingStream.Point> points = new ArrayList<>();
    stream.forEachRemaining(points::add);
    return points;
  }

  private static void assertEqualToTheSample(StrokesModel model, SampleRequest request) {
    StrokesModel.Sample expected = model.sample(List.of(request)).get(0);
    PenDrawing whole = expected.whole();
    try (DrawingStream stream = model.stream(request)) {
      List<DrawingStream.Point> points = points(stream);
      assertThat(points).hasSize(expected.points());
      for (int i = 0; i < points.size() && whole != null; i++) {
        int at = expected.primed() + i;
        assertThat(points.get(i))
            .isEqualTo(new DrawingStream.Point(whole.dx(at), whole.dy(at), whole.lifted(at)));
      }
      assertThat(stream.rest()).isEqualTo(expected);
      assertThat(stream.count()).isEqualTo(expected.points());
      assertThatThrownBy(stream::next)
          .isInstanceOf(NoSuchElementException.class)
          .hasMessage("the drawing has " + points.size() + " points");
    }
  }

  /** Blocks of 16, 32 and 64 points have ends inside and at the end of these. */
  @Test
  void aDrawingOfEveryLengthIsThatOfTheSample() {
    StrokesModel model = opened(STACK);
    for (int count : new int[] {1, 15, 16, 17, 32, 33, 100}) {
      assertEqualToTheSample(model, SampleRequest.of(null, count, 0.7f, 0, count));
    }
    assertEqualToTheSample(model, SampleRequest.of(BEGUN, 40, 1, 0.5f, 3));
  }

  @Test
  void aModelThatEndsItsDrawingsEndsTheStream() {
    StrokesModel model = opened(HYPER);
    boolean ended = false;
    for (int seed = 0; seed < 12; seed++) {
      SampleRequest request = SampleRequest.of(seed % 2 == 0 ? null : BEGUN, 60, 1, 0, seed);
      assertEqualToTheSample(model, request);
      ended |= model.sample(List.of(request)).get(0).ended();
    }
    assertThat(ended).isTrue(); // else this test has shown nothing
  }

  @Test
  void aTextIsWrittenPointByPoint() {
    StrokesModel model = opened(WRITING);
    assertEqualToTheSample(model, SampleRequest.of(null, 50, 1, 0, 5).withText("abba"));
    assertThatThrownBy(() -> model.stream(SampleRequest.of(null, 50, 1, 0, 5)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("text: the model must be told what to write");
  }

  @Test
  void severalAtOnceDoNotDisturbEachOther() throws Exception {
    StrokesModel model = opened(STACK);
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Future<StrokesModel.Sample>> drawn = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        SampleRequest request = SampleRequest.of(null, 50, 1, 0, i);
        drawn.add(pool.submit(() -> model.stream(request).rest()));
      }
      for (int i = 0; i < 4; i++) {
        assertThat(drawn.get(i).get())
            .isEqualTo(model.sample(List.of(SampleRequest.of(null, 50, 1, 0, i))).get(0));
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void aCancelledStreamEnds() throws Exception {
    DrawingStream stream = opened(STACK).stream(SampleRequest.of(null, 10_000, 1, 0, 1));
    CountDownLatch drawn = new CountDownLatch(20);
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try {
      Future<Integer> reader =
          pool.submit(
              () -> {
                while (stream.hasNext()) {
                  stream.next();
                  drawn.countDown();
                }
                return stream.count();
              });
      drawn.await();
      stream.cancel();
      int points = reader.get();
      assertThat(points).isBetween(20, 9_999);
      assertThat(stream.rest().points()).isEqualTo(points);
      assertThat(stream.rest().ended()).isFalse();
    } finally {
      pool.shutdownNow();
    }
    assertThatThrownBy(stream::next)
        .isInstanceOf(NoSuchElementException.class)
        .hasMessage("the stream was cancelled");
  }
}
