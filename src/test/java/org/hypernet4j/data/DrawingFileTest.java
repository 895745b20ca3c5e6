// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.Npz;
import org.hypernet4j.pen.PenDrawing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DrawingFileTest {
  @TempDir Path folder;

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static List<List<Float>> rows(DrawingPart part) {
    return part.drawings().stream().map(DrawingFileTest::rows).toList();
  }

  private static List<Float> rows(PenDrawing drawing) {
    float[] rows = drawing.rows();
    return IntStream.range(0, rows.length).mapToObj(i -> rows[i]).toList();
  }

  @Test
  void readsOneDrawingOrSeveralFromJson() throws IOException {
    Path one = write("one.json", "[[1,2.5,0],\n[-3e1, 4, 1]]");
    Path two = write("TWO.JSON", "[[[1,2.5,0],[-30,4,1]], [[0,0,1]]]");

    List<Float> first = List.of(1f, 2.5f, 0f, -30f, 4f, 1f);
    assertThat(rows(DrawingFile.read(one, null))).containsExactly(first);
    assertThat(rows(DrawingFile.read(two, null))).containsExactly(first, List.of(0f, 0f, 1f));
  }

  @Test
  void readsWhatItWrote() throws IOException {
    List<PenDrawing> drawings =
        List.of(
            PenDrawing.of("a", new float[] {0.1f, -1e-7f, 0, 16_777_216f, 1 / 3f, 1}),
            PenDrawing.of("b", new float[] {Float.MIN_VALUE, Float.MAX_VALUE, 1}));

    Path file = write("written.json", DrawingJson.write(drawings));

    assertThat(DrawingFile.read(file, null).drawings()).isEqualTo(drawings);
  }

  @Test
  void readsEveryLineOfQuickDraw() throws IOException {
    Path file =
        write(
            "cat.ndjson",
            """
            {"key_id":"2","word":"cat","recognized":false,"drawing":[[[0,5],[1,1]]]}

            {"key_id":"1","word":"cat","recognized":true,"drawing":[[[7,7],[0,9]]]}
            """);

    assertThat(rows(DrawingFile.read(file, null)))
        .containsExactly(List.of(5f, 0f, 1f), List.of(0f, 9f, 1f));
  }

  @Test
  void readsOneInkMlFileAndOneLineOfIam() throws IOException {
    Path ink = write("a.inkml", "<ink><trace>1 2, 4 6, 4 7</trace></ink>");
    Path line =
        write(
            "a01-000u-01.xml",
            """
            <WhiteboardCaptureSession><StrokeSet>
              <Stroke><Point x="1" y="2" time="0"/><Point x="4" y="6" time="1"/>\
            <Point x="4" y="7" time="2"/></Stroke>
            </StrokeSet></WhiteboardCaptureSession>
            """);

    List<Float> expected = List.of(3f, 4f, 0f, 0f, 1f, 1f);
    assertThat(rows(DrawingFile.read(ink, null))).containsExactly(expected);
    assertThat(rows(DrawingFile.read(line, null))).containsExactly(expected);
  }

  @Test
  void readsAPartOfFlatArraysOrAll() {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    int dx = 1;
    for (String part : List.of("train", "valid", "test")) {
      arrays.put(part + "_points", NpyArray.of(new float[] {dx++, 0, 1}, 1, 3));
      arrays.put(part + "_lengths", NpyArray.of(new int[] {1}, 1));
    }
    Path file = folder.resolve("mine.flat.npz");
    Npz.write(file, arrays);

    assertThat(rows(DrawingFile.read(file, null)).stream().map(one -> one.get(0)).toList())
        .containsExactly(1f, 2f, 3f);
    assertThat(rows(DrawingFile.read(file, "train")).get(0).get(0)).isEqualTo(1);
    assertThat(rows(DrawingFile.read(file, "valid")).get(0).get(0)).isEqualTo(2);
    assertThat(rows(DrawingFile.read(file, "test")).get(0).get(0)).isEqualTo(3);
    assertThatThrownBy(() -> DrawingFile.read(file, "first"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there is no such part")
        .hasMessageContaining("train, valid or test");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[] | there is no drawing",
        "{} | not drawings",
        "7 | not drawings",
        "[1,2,0] | $[0]: not drawings",
        "[[1,2,0],[[1,2,0]]] | $[1][0]: a row of a drawing is not three numbers",
        "[[[1,2,0]],[1,2,0]] | $[1][0]: not drawings",
        "[[[1,2,0]],[]] | drawing 1 (counted from 0): the drawing is empty",
        "[[1,2]] | a row of a drawing is not three numbers",
        "[[1,2,0,0]] | a row of a drawing is not three numbers",
        "[[1,\"2\",0]] | a row of a drawing is not three numbers",
        "[[1,null,0]] | a row of a drawing is not three numbers",
        "[[1,2,0]] x | not valid JSON at line 1 column 12",
        "[[1,2,0]] [] | not valid JSON",
        "[[1,2,0],] | not valid JSON",
        "[[1,NaN,0]] | not valid JSON",
        "[[1,1e400,0]] | not valid JSON",
        "[[1,1e39,0]] | no place",
        "[[1,2,0] | the text ends too early",
        "[[1,2,2]] | a pen that is neither down nor lifted",
      })
  void namesWhatIsWrongInJson(String text, String message) throws IOException {
    Path file = write("bad.json", text);

    assertThatThrownBy(() -> DrawingFile.read(file, null))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("bad.json")
        .hasMessageContaining(message);
  }

  @Test
  void stopsAfterTheLongestDrawing() throws IOException {
    StringBuilder text = new StringBuilder("[[1,1,0]");
    text.append(",[1,1,0]".repeat(PenDrawing.MOST_POINTS));
    Path file = write("long.json", text.append(']').toString());

    assertThatThrownBy(() -> DrawingFile.read(file, null))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("too many points; expected at most 100000");
  }

  @Test
  void refusesOtherFiles() throws IOException {
    Path text = write("a.txt", "");
    Path empty = write("a.ndjson", "\n");
    Path ink = write("a.inkml", "<ink><trace>1 2, 4 6</trace></ink>");

    assertThatThrownBy(() -> DrawingFile.read(text, null))
        .hasMessageContaining("a.txt: the name does not say");
    assertThatThrownBy(() -> DrawingFile.read(empty, null))
        .hasMessageContaining("a.ndjson: there is no drawing");
    assertThatThrownBy(() -> DrawingFile.read(ink, "test"))
        .hasMessageContaining("such a file has no parts");
    assertThatThrownBy(() -> DrawingFile.read(folder.resolve("none.json"), null))
        .hasMessageContaining("none.json: cannot be read")
        .hasMessageContaining("no such file");
    assertThatThrownBy(
            () -> DrawingFile.read(Files.createDirectory(folder.resolve("d.json")), null))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("d.json");
  }
}
