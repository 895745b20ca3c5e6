// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.publish;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.ExportResult;
import org.hypernet4j.export.ModelFiles;
import org.hypernet4j.export.NotVerifiedException;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.VerificationReport;
import org.hypernet4j.export.verify.FreshJvm;

/**
 * Publishes a SavedModel that TensorFlow Serving, Python and other runtimes read, once a fresh JVM
 * has reproduced its reference outputs.
 *
 * <p>The stock exporter writes the training graph, leaves resource variables out and hides the
 * variables from Python; this one writes a fresh inference graph in the layout of a TensorFlow 1
 * model with resource variables, and beside it the objects of a TensorFlow 2 model. Everything goes
 * into a folder without a number first; on any failure that folder is removed and nothing is
 * published.
 *
 * <pre>{@code
 * ExportResult result = Exporter.export(new ExportRequest("digits",
 *     ExportRequest.GENERATED, model::inference, values, List.of(recorded), Path.of("exports/digits")));
 * result.versionFolder(); // exports/digits/1
 * }</pre>
 */
public final class Exporter {
  private Exporter() {}

  /**
   * Exports, verifies in a fresh JVM, and publishes as the next version.
   *
   * @throws UserError if the request does not make a model that can be served or the folder cannot
   *     be written; then nothing was published and nothing remains on disk
   * @throws NotVerifiedException if the fresh JVM finds a fault; nothing was published or is left
   */
  public static ExportResult export(ExportRequest request) {
    long start = System.nanoTime();
    new RequestCheck(request).requireFinite();
    VersionFolders folders = VersionFolders.open(request.baseFolder());
    try (UnfinishedFolder temporary = folders.temporary()) {
      Path folder = temporary.path();
      ModelWriter.Written written = new ModelWriter(request).write(folder);
      long wrote = System.nanoTime();
      VerificationReport report = FreshJvm.verify(folder);
      long verified = System.nanoTime();
      if (!report.verified()) {
        throw new NotVerifiedException(request.modelName(), request.baseFolder(), report);
      }
      long bytes = 0;
      for (Path file : ModelFiles.all(folder)) {
        bytes += Files.size(file);
      }
      long servedBytes = ModelFiles.servedBytes(folder);
      Path target = folders.publish(temporary);
      return new ExportResult(
          target,
          bytes,
          servedBytes,
          written.parameters(),
          (wrote - start) / 1e9,
          (verified - wrote) / 1e9,
          report.withModel(target));
    } catch (IOException e) {
      throw VersionFolders.cannotWrite(request.baseFolder(), e);
    } finally {
      folders.removeCreated(); // those that are empty: none after a publication
    }
  }

  /**
   * Writes a model without publishing it.
   *
   * @param folder the folder in which it is written and removed again; created if it does not exist
   */
  static Draft draft(ExportRequest request, Path folder) {
    new RequestCheck(request).requireFinite();
    VersionFolders folders = VersionFolders.open(folder);
    try (UnfinishedFolder temporary = folders.temporary()) {
      ModelWriter.Written written = new ModelWriter(request).write(temporary.path());
      return new Draft(ModelFiles.servedBytes(temporary.path()), written.outputs());
    } catch (IOException e) {
      throw VersionFolders.cannotWrite(folder, e);
    } finally {
      folders.removeCreated();
    }
  }

  /** A model that was written and removed; see {@link ExportResult#servedBytes()}. */
  record Draft(long bytes, List<ReferenceCase> outputs) {}
}
