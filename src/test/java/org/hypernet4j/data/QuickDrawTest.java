// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;
import org.hypernet4j.random.StatelessRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuickDrawTest {
  private static final String SIMPLIFIED =
      """
      {"word":"cat","countrycode":"VE","timestamp":"2017-03-02 23:25:10.07453 UTC",\
      "recognized":true,"key_id":"5201136883597312",\
      "drawing":[[[130,113,99],[72,40,27]],[[5,7],[8,6]],[[100],[50]]]}""";
  private static final String RAW =
      """
      {"key_id":"7","word":"cat","recognized":false,"timestamp":"x",\
      "drawing":[[[10.5,12.25],[1.0,-2.5],[0,35]],[[4],[4],[99]]]}""";

  @TempDir Path folder;

  /** Enough drawings that every part has some; drawing i goes i + 1 to the right. */
  private static String many(int from, int to) {
    StringBuilder lines = new StringBuilder();
    for (int i = from; i < to; i++) {
      lines.append(
          "{\"key_id\":\"%d\",\"recognized\":%s,\"drawing\":[[[0,%d],[3,3]]]}\n"
              .formatted(i, i % 4 != 0, i + 1));
    }
    return lines.toString();
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static DrawingSplits read(Path path) {
    return QuickDraw.read(path, false, 75_000, 0.2, 0.2);
  }

  private static List<Integer> widths(DrawingPart part) {
    return part.drawings().stream().map(drawing -> (int) drawing.dx(0) - 1).toList();
  }

  @Test
  void placesBecomeOffsetsFromTheFirstPoint() {
    QuickDrawLine cat = QuickDrawLine.parse(SIMPLIFIED, "cat: line 1");
    QuickDrawLine raw = QuickDrawLine.parse(RAW, "raw: line 1");

    assertThat(cat.key()).isEqualTo("5201136883597312");
    assertThat(cat.recognized()).isTrue();
    assertThat(cat.drawing())
        .isEqualTo(
            PenDrawing.of(
                "x", new float[] {-17, -32, 0, -14, -13, 1, -94, -19, 0, 2, -2, 1, 93, 44, 1}));
    assertThat(raw.recognized()).isFalse();
    assertThat(raw.drawing())
        .isEqualTo(PenDrawing.of("x", new float[] {1.75f, -3.5f, 1, -8.25f, 6.5f, 1}));
  }

  @Test
  void aFirstStrokeOfOnePointIsKept() {
    QuickDrawLine dot =
        QuickDrawLine.parse("{\"key_id\":1,\"drawing\":[[[9],[9]],[[9,10],[9,12]]]}", "x");
    QuickDrawLine gap =
        QuickDrawLine.parse("{\"key_id\":1,\"drawing\":[[[],[]],[[9,10],[9,12]],[[],[],[]]]}", "x");

    assertThat(dot.drawing())
        .isEqualTo(PenDrawing.of("x", new float[] {0, 0, 1, 0, 0, 0, 1, 3, 1}));
    assertThat(dot.recognized()).isTrue();
    assertThat(dot.key()).isEqualTo("1");
    assertThat(gap.drawing()).isEqualTo(PenDrawing.of("x", new float[] {1, 3, 1}));
    assertThat(gap.emptyStrokes()).isEqualTo(2);
  }

  @Test
  void aHashOfTheKeyMakesTheParts() throws IOException {
    DrawingSplits splits = read(write("cat.ndjson", many(0, 2000)));

    // Python: int.from_bytes(sha256(str(i).encode()).digest()[:8], 'big') >> 11, times 2**-53:
    // below 0.2 for the test, below 0.4 for validation
    assertThat(widths(splits.test()).subList(0, 6)).isEqualTo(List.of(8, 9, 39, 46, 47, 49));
    assertThat(widths(splits.validation()).subList(0, 6)).isEqualTo(List.of(0, 3, 4, 10, 11, 13));
    assertThat(widths(splits.train()).subList(0, 6)).isEqualTo(List.of(1, 2, 5, 6, 7, 12));
    assertThat(splits.test().count()).isEqualTo(416);
    assertThat(splits.validation().count()).isEqualTo(411);
    assertThat(splits.train().count()).isEqualTo(1173);
    List<Integer> all = new ArrayList<>(widths(splits.train()));
    all.addAll(widths(splits.validation()));
    all.addAll(widths(splits.test()));
    assertThat(all).doesNotHaveDuplicates().hasSize(2000);
    // a drawing keeps its part when others come and go, and in another file
    List<Integer> half = widths(read(write("dog.ndjson", many(1000, 2000))).test());
    assertThat(widths(splits.test())).endsWith(half.toArray(Integer[]::new));
    assertThat(splits.notes()).isEmpty();
  }

  @Test
  void aFolderGzipAndLimits() throws IOException {
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve("a.ndjson.gz")))) {
      out.write(many(0, 300).getBytes(UTF_8));
    }
    write("b.ndjson", many(300, 600).replace("\n", "\r\n") + "\n  \n");
    write("notes.txt", "not data");

    assertThat(count(read(folder))).isEqualTo(600);
    DrawingSplits recognized = QuickDraw.read(folder, true, 75_000, 0.2, 0.2);
    assertThat(count(recognized)).isEqualTo(450);
    assertThat(widths(recognized.train())).noneMatch(i -> i % 4 == 0);
    assertThat(recognized.notes()).singleElement().asString().contains("recognize", ": 150");
    DrawingSplits few = QuickDraw.read(folder, true, 100, 0.2, 0.2);
    assertThat(count(few)).isEqualTo(200);
    assertThat(few.notes()).contains("a.ndjson.gz: only its first 100 drawings are read");
    // a file of just so many is read to its end
    assertThat(QuickDraw.read(folder, false, 300, 0.2, 0.2).notes()).isEmpty();

    write("a.ndjson", many(0, 3));
    assertThatThrownBy(() -> read(folder))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("two files of one class");
  }

  private static int count(DrawingSplits splits) {
    return splits.train().count() + splits.validation().count() + splits.test().count();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"key_id":"1","drawing":[[[1,2],[3,4                | ends too early
          {"key_id":"1","drawing":[[[1,2],[3,4]]]             | ends too early
          {"key_id":"1","drawing":[[[1,2],[3,4]]]} x          | not valid JSON
          {"key_id":"1","drawing":[[[1,2],[3,4]]]}{}          | not valid JSON
          {"key_id":"1","drawing":[[[1,2],[3,4]]],}           | not valid JSON
          {'key_id':'1','drawing':[[[1,2],[3,4]]]}            | not valid JSON
          {"key_id":"1","drawing":[[[1,NaN],[3,4]]]}          | not valid JSON
          {"key_id":"1","drawing":[[[1,1e999],[3,4]]]}        | not valid JSON
          {"key_id":"1","drawing":[[[0,1e300],[3,4]]]}        | has no place
          {"key_id":"1","drawing":[[[1,"2"],[3,4]]]}          | received a text at drawing[0][0][1]
          {"key_id":"1","drawing":[[[1,null],[3,4]]]}         | received null
          {"key_id":"1","drawing":[[[1,2],[3]]]}              | as xs: 2, received 1 ys
          {"key_id":"1","drawing":[[[1,2],[3,4],[5]]]}        | 1 times
          {"key_id":"1","drawing":[[[1,2]]]}                  | expected a list of strokes [xs, ys]
          {"key_id":"1","drawing":[[[1],[3],[5],[7]]]}        | expected a list of strokes [xs, ys]
          {"key_id":"1","drawing":[]}                         | the drawing is empty
          {"key_id":"1","drawing":[[[],[]]]}                  | the drawing is empty
          {"key_id":"1","drawing":"cat"}                      | received a text at drawing
          {"key_id":["1"],"drawing":[[[1,2],[3,4]]]}          | received a list at key_id
          {"key_id":"1","recognized":1,"drawing":[]}          | received a number at recognized
          {"key_id":"1","key_id":"2","drawing":[]}            | twice: 'key_id'
          {"drawing":[[[1,2],[3,4]]]}                         | the keys 'key_id' and 'drawing'
          {"key_id":"1","word":"cat"}                         | received the keys
          {}                                                  | no key
          [[[1,2],[3,4]]]                                     | received a list
          cat                                                 | not valid JSON
          """)
  void aBrokenLineIsNamedByItsNumber(String line, String message) throws IOException {
    Path file = write("cat.ndjson", many(0, 16) + line + "\n" + many(17, 30));

    assertThatThrownBy(() -> read(file))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(file + ": line 17: ")
        .hasMessageContaining(message);
  }

  @Test
  void absurdSizesAreRefused() throws IOException {
    String million = "0,".repeat(999_999) + "0";
    Path points =
        write("a.ndjson", "{\"key_id\":1,\"drawing\":[[[%s],[%s]]]}".formatted(million, million));
    assertThatThrownBy(() -> read(points))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("line 1: the drawing has too many points")
        .hasMessageContaining("at most 100000");
    Path deep = write("b.ndjson", "{\"key_id\":1,\"more\":" + "[".repeat(100_000));
    assertThatThrownBy(() -> read(deep))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("line 1");
    byte[] endless = new byte[17 << 20];
    Arrays.fill(endless, (byte) ' ');
    Path line = Files.write(folder.resolve("c.ndjson"), endless);
    assertThatThrownBy(() -> read(line))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("line 1: the line is too long");
  }

  @Test
  void filesThatAreNoneAreRefused() throws IOException {
    Path latin = Files.write(folder.resolve("a.ndjson"), new byte[] {'{', '"', (byte) 0xE4, '"'});
    assertThatThrownBy(() -> read(latin))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("line 1: not text in UTF-8");
    Path cut = folder.resolve("b.ndjson.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(cut))) {
      out.write(many(0, 300).getBytes(UTF_8));
    }
    Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), (int) Files.size(cut) - 20));
    assertThatThrownBy(() -> read(cut))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("gzip data is cut short");
    Path empty = write("c.ndjson", "");
    assertThatThrownBy(() -> read(empty))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there is no drawing");
    assertThatThrownBy(() -> read(folder.resolve("none.ndjson")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no such file");
    Path other = Files.createDirectory(folder.resolve("other"));
    assertThatThrownBy(() -> read(other))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("NAME.ndjson");
  }

  @Test
  void sharesAreSharesOfManyKeys() throws IOException {
    DrawingSplits splits =
        QuickDraw.read(write("c.ndjson", many(0, 20_000)), false, 20_000, 0.05, 0.1);

    // binomial: sd 0.0015 and 0.0021
    assertThat(splits.validation().count() / 20_000.0).isCloseTo(0.05, within(0.007));
    assertThat(splits.test().count() / 20_000.0).isCloseTo(0.1, within(0.009));
  }

  /** Whatever is done to a line, the answer is a drawing or one clear error. */
  @Test
  void damagedLinesNeverEndOtherwise() {
    String pieces = "[]{},:\"\\0123456789.eE+-nulltrefas \t\u0000";
    StatelessRandom random = StatelessRandom.of(8);
    int refused = 0;
    for (int i = 0; i < 5000; i++) {
      StatelessRandom one = random.fold(i);
      StringBuilder line = new StringBuilder(i % 2 == 0 ? SIMPLIFIED : RAW);
      for (int change = 0; change <= i % 3; change++) {
        int at = one.below(3L * change, line.length());
        char piece = pieces.charAt(one.below(3L * change + 1, pieces.length()));
        switch (one.below(3L * change + 2, 3)) {
          case 0 -> line.setCharAt(at, piece);
          case 1 -> line.insert(at, piece);
          default -> line.deleteCharAt(at);
        }
      }
      try {
        assertThat(QuickDrawLine.parse(line.toString(), "line").drawing().points()).isPositive();
      } catch (UserError e) {
        assertThat(e).hasMessageStartingWith("line: ");
        refused++;
      }
    }
    assertThat(refused).isBetween(1000, 4900);
  }
}
