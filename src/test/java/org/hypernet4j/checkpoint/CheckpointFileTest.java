// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.Npy;
import org.hypernet4j.io.NpyArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFileTest {
  @TempDir Path folder;

  private Path written(Checkpoint checkpoint) {
    Path file = folder.resolve("a.ckpt");
    CheckpointFile.write(file, checkpoint);
    return file;
  }

  @Test
  void readsWhatItWrote() {
    Checkpoint checkpoint = Examples.of(7);
    Checkpoint back = CheckpointFile.read(written(checkpoint));
    assertThat(back).isEqualTo(checkpoint);
    assertThat(back.values().keySet()).containsExactlyElementsOf(checkpoint.values().keySet());
    assertThat(back.specification()).isEqualTo(checkpoint.specification());
    // beyond 2^53: a reader that goes through double would give ...992
    assertThat(back.state().getAsJsonObject("early-stopping").get("since").getAsLong())
        .isEqualTo(9007199254740993L);
  }

  @Test
  void theSameCheckpointGivesTheSameBytes() throws IOException {
    Path first = written(Examples.of(7));
    Path second = folder.resolve("second.ckpt");
    CheckpointFile.write(second, CheckpointFile.read(first));
    assertThat(second).hasSameBinaryContentAs(first);
  }

  /** What numpy.load relies on: a zip from the first byte, entries that are .npy files, stored. */
  @Test
  void isAnArchiveOfStoredNumPyArrays() throws IOException {
    Path file = written(Examples.of(7));
    assertThat(Files.readAllBytes(file)).startsWith('P', 'K', 3, 4);
    Map<String, byte[]> entries = entries(file);
    assertThat(entries.keySet())
        .containsExactly(
            "checkpoint.json",
            "conv1/kernel.npy",
            "conv1/bias.npy",
            "optimizer/adam/beta1_power.npy",
            "empty.npy");
    byte[] bias = Objects.requireNonNull(entries.get("conv1/bias.npy"));
    assertThat(Npy.readFrom(bias, "bias"))
        .isEqualTo(NpyArray.of(new float[] {Float.NEGATIVE_INFINITY, 0.1f}, 2));
    JsonObject head = head(entries);
    assertThat(head.get("format").getAsString()).isEqualTo("hypernet4j checkpoint");
    assertThat(head.get("step").getAsLong()).isEqualTo(7);
    assertThat(head.getAsJsonObject("sha256").keySet())
        .containsExactly("conv1/kernel", "conv1/bias", "optimizer/adam/beta1_power", "empty");
    // Python: np.save(b, np.array([-np.inf, 0.1], '<f4')); hashlib.sha256(b.getvalue())
    assertThat(head.getAsJsonObject("sha256").get("conv1/bias").getAsString())
        .isEqualTo("9d581661e711289cdfbe7087bef5faa6375b52278447ebf1fdbb3d87d5e82ef2");
  }

  @Test
  void aFlippedByteIsRefusedOrChangesNothing() throws IOException {
    Checkpoint checkpoint = Examples.of(7);
    byte[] whole = Files.readAllBytes(written(checkpoint));
    Path broken = folder.resolve("broken.ckpt");
    int[] flips = {0x01, 0x80, 0xFF, 0x08};
    int refused = 0;
    for (int at = 0; at < whole.length; at++) {
      byte[] bytes = whole.clone();
      bytes[at] ^= (byte) flips[at % flips.length];
      Files.write(broken, bytes);
      try {
        assertThat(CheckpointFile.read(broken)).isEqualTo(checkpoint);
      } catch (UserError e) {
        assertThat(e).hasMessageStartingWith(broken.toString()).hasMessageContaining("older");
        refused++;
      }
    }
    // times, attributes and the headers that only streaming readers use may change unnoticed
    assertThat(refused).isGreaterThan(whole.length * 7 / 10);
  }

  @Test
  void aByteFlippedInTheDirectoryIsRefusedOrChangesNothing() throws IOException {
    Checkpoint checkpoint = Examples.of(7);
    byte[] whole = Files.readAllBytes(written(checkpoint));
    int directory = new String(whole, StandardCharsets.ISO_8859_1).indexOf("PK\1\2");
    Path broken = folder.resolve("broken.ckpt");
    for (int at = directory; at < whole.length; at++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] bytes = whole.clone();
        bytes[at] ^= (byte) (1 << bit);
        Files.write(broken, bytes);
        try {
          assertThat(CheckpointFile.read(broken)).isEqualTo(checkpoint);
        } catch (UserError e) {
          assertThat(e).hasMessageStartingWith(broken.toString());
        }
      }
    }
  }

  @Test
  void aCutFileIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(written(Examples.of(7)));
    Path cut = folder.resolve("cut.ckpt");
    for (int length = 0; length < whole.length; length += 3) {
      Files.write(cut, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> CheckpointFile.read(cut))
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith(cut + ": damaged, or not a checkpoint; received ")
          .hasMessageEndingWith("Use an older checkpoint in " + folder + ".");
    }
  }

  @Test
  void namesTheArrayThatWasExchangedForAnother() throws IOException {
    Map<String, byte[]> entries = entries(written(Examples.of(7)));
    byte[] other = Objects.requireNonNull(entries(written(Examples.of(8))).get("conv1/kernel.npy"));
    entries.put("conv1/kernel.npy", other);
    Path file = rewritten(entries);
    assertThatThrownBy(() -> CheckpointFile.read(file))
        .isInstanceOf(UserError.class)
        .hasMessage(
            file
                + ": damaged, or not a checkpoint; received 'conv1/kernel' with another SHA-256"
                + " than in checkpoint.json. Use an older checkpoint in "
                + folder
                + ".");
  }

  @Test
  void missesEntries() throws IOException {
    Map<String, byte[]> whole = entries(written(Examples.of(7)));
    for (String name : whole.keySet()) {
      Map<String, byte[]> entries = new LinkedHashMap<>(whole);
      entries.remove(name);
      Path file = rewritten(entries);
      assertThatThrownBy(() -> CheckpointFile.read(file))
          .isInstanceOf(UserError.class)
          .hasMessageContaining(
              name.equals("checkpoint.json")
                  ? "no entry 'checkpoint.json'"
                  : "3 arrays where checkpoint.json lists 4");
    }
  }

  @Test
  void refusesArraysThatAreNotListed() throws IOException {
    Map<String, byte[]> entries = entries(written(Examples.of(7)));
    entries.put("stranger.npy", Objects.requireNonNull(entries.get("empty.npy")));
    Path file = rewritten(entries);
    assertThatThrownBy(() -> CheckpointFile.read(file))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("5 arrays where checkpoint.json lists 4");
  }

  @Test
  void refusesAnotherVersionWhateverItsOtherKeysHold() throws IOException {
    Map<String, byte[]> entries = entries(written(Examples.of(7)));
    JsonObject head = head(entries);
    head.addProperty("version", 2);
    head.addProperty("sha256", "of all");
    entries.put("checkpoint.json", head.toString().getBytes(StandardCharsets.UTF_8));
    Path file = rewritten(entries);
    assertThatThrownBy(() -> CheckpointFile.read(file))
        .isInstanceOf(UserError.class)
        .hasMessage(
            file
                + ": written by another version of Hypernet4J; expected checkpoint format 1,"
                + " received 2. Use that version, or an older checkpoint in "
                + folder
                + ".");
  }

  @Test
  void refusesAHeadThatLacksOrMistypesAnything() throws IOException {
    Map<String, byte[]> whole = entries(written(Examples.of(7)));
    for (String key : head(whole).keySet()) {
      JsonObject lacking = head(whole);
      lacking.remove(key);
      JsonObject mistyped = head(whole);
      mistyped.add(key, JsonParser.parseString("[[\"x\"]]"));
      List<String> broken = new ArrayList<>(List.of(lacking.toString(), mistyped.toString()));
      if (key.equals("roles")) {
        broken.remove(0); // the first builds did not write it
      }
      for (String text : broken) {
        Map<String, byte[]> entries = new LinkedHashMap<>(whole);
        entries.put("checkpoint.json", text.getBytes(StandardCharsets.UTF_8));
        Path file = rewritten(entries);
        assertThatThrownBy(() -> CheckpointFile.read(file))
            .as(text)
            .isInstanceOf(UserError.class)
            .hasMessageStartingWith(file.toString())
            .hasMessageContaining("older checkpoint");
      }
    }
    for (String text : new String[] {"", "null", "[]", "{", "{\"format\": 1}"}) {
      Map<String, byte[]> entries = new LinkedHashMap<>(whole);
      entries.put("checkpoint.json", text.getBytes(StandardCharsets.UTF_8));
      Path file = rewritten(entries);
      assertThatThrownBy(() -> CheckpointFile.read(file)).as(text).isInstanceOf(UserError.class);
    }
  }

  @Test
  void refusesRolesThatAreNotThoseOfTheArrays() throws IOException {
    Map<String, byte[]> entries = entries(written(Examples.of(7)));
    JsonObject unknown = head(entries);
    unknown.getAsJsonObject("roles").addProperty("empty", "FRIEND");
    JsonObject lacking = head(entries);
    lacking.getAsJsonObject("roles").remove("empty");
    JsonObject stranger = head(entries);
    stranger.getAsJsonObject("roles").addProperty("other", "BIAS");
    Map<JsonObject, String> cases =
        Map.of(
            unknown, "the role of 'empty' is FRIEND",
            lacking, "the roles are not those of the arrays",
            stranger, "the roles are not those of the arrays");
    for (Map.Entry<JsonObject, String> one : cases.entrySet()) {
      entries.put("checkpoint.json", one.getKey().toString().getBytes(StandardCharsets.UTF_8));
      Path file = rewritten(entries);
      assertThatThrownBy(() -> CheckpointFile.read(file))
          .isInstanceOf(UserError.class)
          .hasMessage(
              file
                  + ": damaged, or not a checkpoint; received checkpoint.json: "
                  + one.getValue()
                  + ". Use an older checkpoint in "
                  + folder
                  + ".");
    }
  }

  @Test
  void refusesWhatIsNoFile() {
    Path missing = folder.resolve("missing.ckpt");
    assertThatThrownBy(() -> CheckpointFile.read(missing))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(
            missing + ": cannot be read; expected a checkpoint, received nothing");
    assertThatThrownBy(() -> CheckpointFile.read(folder))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("received something that is not a file");
    assertThatThrownBy(
            () -> CheckpointFile.write(folder.resolve("no/a.ckpt"), Examples.ofSize(1, 1)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected an existing folder");
  }

  @Test
  void aCheckpointCannotBeChangedFromOutside() {
    JsonObject state = new JsonObject();
    state.addProperty("best", Double.NaN);
    Map<String, NpyArray> values = new LinkedHashMap<>();
    Checkpoint checkpoint = new Checkpoint(1, 2, "{}", "", values, state);
    values.put("late", NpyArray.of(new float[] {1}));
    state.addProperty("late", 1);
    checkpoint.state().addProperty("later", 1);
    assertThat(checkpoint.values()).isEmpty();
    assertThat(checkpoint.state().keySet()).containsExactly("best");
    assertThat(checkpoint.state().get("best").getAsDouble()).isNaN();
    assertThat(CheckpointFile.read(written(checkpoint))).isEqualTo(checkpoint);
    assertThat(checkpoint).hasToString("checkpoint of step 1 with 0 arrays");
    assertThatThrownBy(() -> new Checkpoint(-1, 2, "{}", "", Map.of(), state))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> new Checkpoint(1, 2, "", "", Map.of("", NpyArray.of(new float[] {1})), state))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Map<String, byte[]> entries(Path file) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (InputStream in = Files.newInputStream(file);
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        assertThat(entry.getMethod()).isEqualTo(ZipEntry.STORED);
        entries.put(entry.getName(), zip.readAllBytes());
      }
    }
    return entries;
  }

  private static JsonObject head(Map<String, byte[]> entries) {
    byte[] json = Objects.requireNonNull(entries.get("checkpoint.json"));
    return JsonParser.parseString(new String(json, StandardCharsets.UTF_8)).getAsJsonObject();
  }

  /** An archive with right checksums, so that only what checkpoint.json says can be wrong. */
  private Path rewritten(Map<String, byte[]> entries) throws IOException {
    Path file = folder.resolve("rewritten.ckpt");
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setMethod(ZipOutputStream.STORED);
      for (Map.Entry<String, byte[]> each : entries.entrySet()) {
        CRC32 crc = new CRC32();
        crc.update(each.getValue());
        ZipEntry entry = new ZipEntry(each.getKey());
        entry.setSize(each.getValue().length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(each.getValue());
      }
    }
    return file;
  }
}
