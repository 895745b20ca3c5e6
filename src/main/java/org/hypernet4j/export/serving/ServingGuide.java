// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.serving;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.TensorArrays;
import org.hypernet4j.export.Tolerance;

/** The README of a model: instructions to serve this one model and to send requests to it. */
final class ServingGuide {
  private ServingGuide() {}

  /**
   * The text. It names the version by the folder's name, so it stays right wherever the folder is
   * moved to and whatever number it gets.
   */
  static String of(
      String model,
      String form,
      Tolerance tolerance,
      Map<String, Manifest.SignatureEntry> entries) {
    StringBuilder text = new StringBuilder();
    text.append(
        """
        # %1$s

        A TensorFlow SavedModel in the %2$s form. Axis 0 is the batch; -1 is any size.

        | signature | inputs | outputs |
        |---|---|---|
        """
            .formatted(model, form));
    entries.forEach(
        (key, entry) ->
            text.append(
                "| `%s` | %s | %s |\n"
                    .formatted(key, tensors(entry.inputs()), tensors(entry.outputs()))));
    text.append(
        """

        ## Serve it

        In the folder of this version, the one that holds `saved_model.pb`; its name is the version:

        ```
        version=$(basename "$PWD")
        docker run --rm -p 8500:8500 -p 8501:8501 \\
          -v "$PWD:/models/%1$s/$version:ro" -e MODEL_NAME=%1$s tensorflow/serving
        ```

        With requests of several clients run together, add at the end of the command:

        ```
          --enable_batching \\
          --batching_parameters_file=/models/%1$s/$version/assets.extra/batching.config
        ```

        `assets.extra/models.config` is the list of models for `--model_config_file`, for a server of
        several. Port 8500 speaks gRPC, 8501 REST. The server sends the requests of
        `assets.extra/tf_serving_warmup_requests` to the model before any client can.

        The model was verified with TensorFlow, the loader of which the server uses; a server itself did
        not run.

        ## Ask it

        In the same folder, in another terminal:

        ```
        version=$(basename "$PWD")
        curl http://localhost:8501/v1/models/%1$s/versions/$version/metadata
        """
            .formatted(model));
    for (String key : entries.keySet()) {
      text.append(
          "curl -d @%s \\\n  http://localhost:8501/v1/models/%s/versions/$version:predict\n"
              .formatted(ServingFiles.request(key), model));
    }
    text.append(
        String.format(
            Locale.ROOT,
            """
            ```

            Beside each request lies what must come back, for the first
            `%s`. Numbers may differ from it by %s + %s times their size.

            `manifest.json` says where the model comes from and what a client needs to know;
            `reference.json` and `reference.npz` hold more inputs and outputs of the trained model.
            """,
            ServingFiles.answer(entries.keySet().iterator().next()),
            tolerance.absolute(),
            tolerance.relative()));
    return text.toString();
  }

  private static String tensors(Map<String, Manifest.TensorEntry> entries) {
    return entries.entrySet().stream()
        .map(
            entry ->
                "`%s` %s %s"
                    .formatted(
                        entry.getKey(),
                        TensorArrays.name(entry.getValue().dtype()),
                        entry.getValue().shape()))
        .collect(Collectors.joining("<br>"));
  }
}
