// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.hypernet4j.predict.SignatureDescription;
import org.hypernet4j.predict.TensorDescription;

/**
 * The body of a call: what to call, and the inputs by row ({@code instances}) or by column ({@code
 * inputs}). The answer has the same form.
 *
 * @param signature that is called
 * @param rows whether the inputs came by row
 * @param inputs by name
 */
record PredictRequest(
    SignatureDescription signature, boolean rows, Map<String, JsonTensor> inputs) {
  private static final String SIGNATURE = "signature_name";
  private static final String INSTANCES = "instances";
  private static final String INPUTS = "inputs";

  /**
   * Reads a body.
   *
   * @param find the signature of a key, which is empty where none is named
   * @throws RestError in the words of TensorFlow Serving
   */
  static PredictRequest read(byte[] body, Function<String, SignatureDescription> find) {
    JsonText text = new JsonText(body);
    Integer key = text.member(SIGNATURE);
    if (key != null && text.peek(key) != '"') {
      throw RestError.invalid(
          value(text) + "not formatted correctly. 'signature_name' key must be a string value.");
    }
    SignatureDescription signature = find.apply(key == null ? "" : text.text(key));
    if (signature.inputs().isEmpty()) {
      throw RestError.invalid(
          "Failed to get input map for signature: "
              + (key == null || text.text(key).isEmpty() ? "DEFAULT" : text.text(key)));
    }
    Integer rows = text.member(INSTANCES);
    Integer columns = text.member(INPUTS);
    if (rows != null && columns != null) {
      throw RestError.invalid(
          value(text)
              + "Not formatted correctly expecting only one of 'inputs' or 'instances' keys to"
              + " exist ");
    } else if (columns != null) {
      return new PredictRequest(signature, false, columns(text, columns, signature.inputs()));
    } else if (rows == null) {
      throw RestError.invalid("Missing 'inputs' or 'instances' key");
    }
    if (text.peek(rows) != '[') {
      throw RestError.invalid(value(text) + "Expecting 'instances' to be an list/array");
    }
    int first = text.skip(rows + 1);
    if (text.peek(first) == ']') {
      throw RestError.invalid(value(text) + "No values in 'instances' array");
    }
    return new PredictRequest(signature, true, rows(text, first, signature.inputs()));
  }

  private static String value(JsonText text) {
    return "JSON Value: " + JsonDebug.of(text, text.root()) + " ";
  }

  private static boolean isObject(JsonText text, int at) {
    return text.peek(at) == '{' && JsonTensor.base64Text(text, at) == null;
  }

  private static Map<String, JsonTensor> rows(
      JsonText text, int first, Map<String, TensorDescription> signature) {
    if (text.peek(first) != '{' && signature.size() > 1) {
      throw RestError.invalid(
          "instances is a plain list, but expecting list of objects as multiple input tensors"
              + " required as per tensorinfo_map");
    }
    Map<String, JsonTensor> inputs = new LinkedHashMap<>();
    boolean objects = isObject(text, first);
    String only = signature.keySet().iterator().next();
    int at = first;
    int item = 0;
    while (true) {
      if (objects != isObject(text, at)) {
        throw RestError.invalid(
            (objects ? "Expecting object but got list" : "Expecting value/list but got object")
                + " at item "
                + item
                + " of input list");
      }
      int end;
      if (objects) {
        end = row(text, at, item, signature, inputs);
      } else {
        try {
          end = add(text, at, only, signature, inputs);
        } catch (RestError e) {
          throw RestError.invalid(
              "Failed to process element: "
                  + item
                  + " of 'instances' list. Error: "
                  + e.described());
        }
      }
      item++;
      at = text.skip(end);
      if (text.peek(at) == ']') {
        return inputs;
      }
      at = text.skip(at + 1);
    }
  }

  /** One row of several inputs; returns the place after it. */
  private static int row(
      JsonText text,
      int begin,
      int item,
      Map<String, TensorDescription> signature,
      Map<String, JsonTensor> inputs) {
    Set<String> names = new TreeSet<>();
    boolean twice = false;
    int at = text.skip(begin + 1);
    while (text.peek(at) != '}') {
      String name = text.text(at);
      twice |= !names.add(name);
      int value = text.skip(text.skip(text.end(at)) + 1);
      try {
        at = twice ? text.end(value) : add(text, value, name, signature, inputs);
      } catch (RestError e) {
        throw RestError.invalid(
            "Failed to process element: "
                + item
                + " key: "
                + name
                + " of 'instances' list. Error: "
                + e.described());
      }
      at = text.skip(at);
      at = text.peek(at) == ',' ? text.skip(at + 1) : at;
    }
    if (twice || !names.equals(signature.keySet())) {
      throw RestError.invalid(
          "Failed to process element: "
              + item
              + " of 'instances' list. JSON object: "
              + JsonDebug.of(text, begin)
              + " keys must be equal to: "
              + String.join(",", new TreeSet<>(signature.keySet())));
    }
    return at + 1;
  }

  private static int add(
      JsonText text,
      int at,
      String name,
      Map<String, TensorDescription> signature,
      Map<String, JsonTensor> inputs) {
    TensorDescription description = signature.get(name);
    if (description == null) {
      throw RestError.invalid("JSON object: does not have named input: " + name);
    }
    JsonTensor tensor = inputs.get(name);
    if (tensor == null) {
      tensor = new JsonTensor(text, description.type(), at);
      inputs.put(name, tensor);
    }
    return tensor.add(at);
  }

  private static Map<String, JsonTensor> columns(
      JsonText text, int at, Map<String, TensorDescription> signature) {
    Map<String, JsonTensor> inputs = new LinkedHashMap<>();
    if (!isObject(text, at)) {
      if (signature.size() > 1) {
        throw RestError.invalid(
            "inputs is a plain value/list, but expecting an object as multiple input tensors"
                + " required as per tensorinfo_map");
      }
      add(text, at, signature.keySet().iterator().next(), signature, inputs);
      return inputs;
    }
    Map<String, Integer> places = new TreeMap<>();
    int next = text.skip(at + 1);
    while (text.peek(next) != '}') {
      int value = text.skip(text.skip(text.end(next)) + 1);
      places.putIfAbsent(text.text(next), value);
      next = text.skip(text.end(value));
      next = text.peek(next) == ',' ? text.skip(next + 1) : next;
    }
    for (String name : signature.keySet()) {
      Integer place = places.get(name);
      if (place == null) {
        throw RestError.invalid("Missing named input: " + name + " in 'inputs' object.");
      }
      add(text, place, name, signature, inputs);
    }
    return inputs;
  }
}
