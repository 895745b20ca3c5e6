// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.AtomicFiles;

/** The files of a vocabulary of pieces. */
final class SubwordFiles {
  private static final String PIECES = "pieces.txt";
  private static final String MERGES = "merges.txt";

  /** Derived from the other two, and never read here. */
  private static final String TOKENIZER = "tokenizer.json";

  private static final Gson GSON =
      new GsonBuilder().disableHtmlEscaping().serializeNulls().create();

  private SubwordFiles() {}

  static Subwords read(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw UserError.in(folder)
          .what("not a vocabulary of pieces")
          .expected("a folder with " + PIECES + " and " + MERGES)
          .received(Files.exists(folder) ? "a file" : "no such path")
          .next("give the folder that was written with the vocabulary")
          .build();
    }
    Path pieces = folder.resolve(PIECES);
    Path merges = folder.resolve(MERGES);
    for (Path file : List.of(pieces, merges)) {
      if (!Files.exists(file)) {
        throw UserError.in(folder)
            .what("a file of the vocabulary is missing")
            .expected(PIECES + " and " + MERGES)
            .received("no " + file.getFileName())
            .next("take the files that were written together")
            .build();
      }
    }
    return Subwords.of(pieces.toString(), readLines(pieces), merges.toString(), readLines(merges));
  }

  private static List<String> readLines(Path file) {
    List<String> lines = new ArrayList<>();
    try (TextLines in = TextLines.open(file)) {
      for (String line = in.next(); line != null; line = in.next()) {
        lines.add(line);
      }
    }
    return lines;
  }

  static void write(Subwords subwords, Path folder) {
    if (Files.isDirectory(folder)) {
      writeInto(subwords, folder);
      return;
    }
    Path target = folder.toAbsolutePath().normalize();
    Path parent = target.getParent();
    if (parent == null || Files.exists(target)) {
      throw UserError.in(folder)
          .what("cannot be written, it is a file")
          .expected("a folder, or a path where one can be made")
          .next("choose another folder")
          .build();
    }
    String suffix = UUID.randomUUID().toString().substring(0, 8);
    Path temporary = parent.resolve("." + target.getFileName() + "." + suffix + ".tmp");
    try {
      Files.createDirectories(temporary);
      writeInto(subwords, temporary);
      AtomicFiles.publishFolder(temporary, target);
    } catch (IOException e) {
      throw UserError.in(folder)
          .what("cannot be made")
          .received(e.toString())
          .next("change the permissions of its place or choose another")
          .cause(e)
          .build();
    } finally {
      AtomicFiles.deleteRecursively(temporary);
    }
  }

  private static void writeInto(Subwords subwords, Path folder) {
    contents(subwords).forEach((name, text) -> AtomicFiles.writeString(folder.resolve(name), text));
  }

  /** The files by name. */
  static Map<String, String> contents(Subwords subwords) {
    Map<String, String> files = new LinkedHashMap<>();
    files.put(PIECES, lines(subwords.pieces()));
    files.put(MERGES, lines(subwords.merges()));
    files.put(TOKENIZER, GSON.toJson(tokenizer(subwords)) + "\n");
    return files;
  }

  /** The lines as the content of a file. */
  static String lines(List<String> lines) {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  /**
   * What Hugging Face tokenizers read. The special pieces are not among its {@code added_tokens}:
   * those are looked for in the text, and a sentence that holds {@code </s>} would end there.
   */
  private static JsonObject tokenizer(Subwords subwords) {
    JsonObject vocabulary = new JsonObject();
    for (int id = 0; id < subwords.size(); id++) {
      vocabulary.addProperty(subwords.pieces().get(id), id);
    }
    JsonArray merges = new JsonArray();
    for (String merge : subwords.merges()) {
      JsonArray pair = new JsonArray();
      List.of(merge.split(" ")).forEach(pair::add);
      merges.add(pair);
    }
    JsonObject model = typed("BPE");
    model.add("dropout", JsonNull.INSTANCE);
    model.addProperty("unk_token", Subwords.SPECIAL.get(Subwords.UNKNOWN));
    model.add("continuing_subword_prefix", JsonNull.INSTANCE);
    model.add("end_of_word_suffix", JsonNull.INSTANCE);
    model.addProperty("fuse_unk", false);
    model.addProperty("byte_fallback", false);
    model.addProperty("ignore_merges", false);
    model.add("vocab", vocabulary);
    model.add("merges", merges);

    JsonObject markIsBlank = typed("Replace");
    JsonObject mark = new JsonObject();
    mark.addProperty("String", SubwordText.WORD);
    markIsBlank.add("pattern", mark);
    markIsBlank.addProperty("content", " ");

    JsonObject json = new JsonObject();
    json.addProperty("version", "1.0");
    json.add("truncation", JsonNull.INSTANCE);
    json.add("padding", JsonNull.INSTANCE);
    json.add("added_tokens", new JsonArray());
    json.add("normalizer", sequence("normalizers", typed("NFC"), markIsBlank));
    json.add("pre_tokenizer", sequence("pretokenizers", typed("WhitespaceSplit"), metaspace()));
    json.add("post_processor", JsonNull.INSTANCE);
    json.add("decoder", metaspace());
    json.add("model", model);
    return json;
  }

  private static JsonObject metaspace() {
    JsonObject json = typed("Metaspace");
    json.addProperty("replacement", SubwordText.WORD);
    json.addProperty("prepend_scheme", "always");
    json.addProperty("split", false);
    return json;
  }

  private static JsonObject sequence(String name, JsonElement... members) {
    JsonArray array = new JsonArray();
    List.of(members).forEach(array::add);
    JsonObject json = typed("Sequence");
    json.add(name, array);
    return json;
  }

  private static JsonObject typed(String type) {
    JsonObject json = new JsonObject();
    json.addProperty("type", type);
    return json;
  }
}
