// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hypernet4j.device.internal.ShownGpus;
import org.hypernet4j.error.UserError;
import org.hypernet4j.predict.MicroBatcher;
import org.hypernet4j.predict.NoSuchModelException;
import org.hypernet4j.predict.ServedModels;
import org.hypernet4j.predict.ServingSettings;
import org.hypernet4j.predict.VersionPolicy;
import org.hypernet4j.predict.VersionStatus;
import org.hypernet4j.server.GrpcServer;
import org.hypernet4j.server.ModelServer;
import org.hypernet4j.server.Playground;
import org.hypernet4j.server.ServerSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code serve FOLDER}: answers calls of exported models over HTTP. */
@Command(
    name = "serve",
    description =
        "Serve exported models over HTTP, by TensorFlow Serving's REST interface (and by its gRPC"
            + " interface where a port is given), until the process is asked to end (Ctrl-C), with"
            + " a page at / to try them in a browser. New versions are taken up while it runs; one"
            + " that is damaged is refused, and the old one stays.",
    footer = {
      "",
      "Examples:",
      "  ./hypernet4j serve export/models",
      "  ./hypernet4j serve export/models/mnist-hyper --port 8600 --max-batch 32",
      "  curl -d @export/models/mnist-hyper/1/assets.extra/requests/serving_default.json \\",
      "    http://127.0.0.1:8501/v1/models/mnist-hyper:predict"
    })
final class ServeCommand extends CliCommand {
  private static final Pattern LABEL = Pattern.compile("(?:([^/=]+)/)?([^/=:]+)=([0-9]{1,18})");

  @Parameters(
      paramLabel = "FOLDER",
      description =
          "Folder of a model with its versions (1, 2, ...), of several such folders, or of one"
              + " version.")
  Path folder;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8501",
      description = "Port to listen on; 0 for one that is free. Default: ${DEFAULT-VALUE}.")
  int port;

  @Option(
      names = "--grpc-port",
      paramLabel = "N",
      description =
          "Port for TensorFlow Serving's gRPC interface, too (8500 by custom); 0 for one that is"
              + " free. Default: none.")
  @Nullable Integer grpcPort;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      defaultValue = "127.0.0.1",
      description =
          "Name or address to listen on; 0.0.0.0 lets in the whole network, and nobody is asked who"
              + " they are. Default: ${DEFAULT-VALUE}, this machine only.")
  String host;

  @Option(
      names = "--versions",
      paramLabel = "WHICH",
      defaultValue = "latest",
      description = "Versions to serve: latest, all, or numbers (3,5). Default: ${DEFAULT-VALUE}.")
  String versions;

  @Option(
      names = "--label",
      paramLabel = "NAME=VERSION",
      description =
          "Name for a version, for paths with /labels/NAME; MODEL/NAME=VERSION where there are"
              + " several models. May be given several times. Default: none.")
  List<String> labels = new ArrayList<>();

  @Option(
      names = "--poll",
      paramLabel = "SECONDS",
      defaultValue = "1",
      description = "How often to look for new versions; 0 for never. Default: ${DEFAULT-VALUE}.")
  double poll;

  @Option(
      names = "--max-batch",
      paramLabel = "ROWS",
      defaultValue = "0",
      description =
          "Put calls that arrive together into batches of at most so many rows; 0 for not at all."
              + " Default: ${DEFAULT-VALUE}.")
  int maxBatch;

  @Option(
      names = "--max-wait",
      paramLabel = "MILLISECONDS",
      defaultValue = "1",
      description =
          "Longest time that a call waits for others, with --max-batch. Default: ${DEFAULT-VALUE}.")
  double maxWait;

  @Option(
      names = "--concurrent",
      paramLabel = "N",
      defaultValue = "0",
      description = "Calls computed at a time; 0 for four a core. Default: ${DEFAULT-VALUE}.")
  int concurrent;

  @Option(
      names = "--max-request-bytes",
      paramLabel = "N",
      defaultValue = "67108864",
      description = "Longest body of a request. Default: ${DEFAULT-VALUE}.")
  long maxRequestBytes;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description =
          "Longest time for a request, from its beginning to its answer. Default:"
              + " ${DEFAULT-VALUE}.")
  double timeout;

  @Option(names = "--no-playground", description = "Leave out the page at /. Default: with it.")
  boolean noPlayground;

  @Mixin TrustOption trust;

  @Override
  int run(Report report) {
    ServerSettings settings = settings();
    ServingSettings serving =
        ServingSettings.DEFAULT
            .withTrust(trust.read())
            .withVersions(policy())
            .withPoll(Duration.ofMillis(millis("--poll", poll, 1000)))
            .withBatching(batching());
    quietTensorFlow(ShownGpus.configuration());
    int servers = grpcPort == null ? 1 : 2;
    Stop stop = new Stop(settings.stop().multipliedBy(servers).plusSeconds(5));
    try (ServedModels models = ServedModels.open(folder, serving)) {
      labels.forEach(label -> setLabel(models, label));
      // in this order, because clients wait until a model is ready by HTTP
      try (GrpcServer grpc = grpc(models, settings);
          ModelServer server = server(models, settings).start()) {
        stop.listen(report);
        announce(report, server, grpc, models);
        stop.await();
      }
    } finally {
      stop.ended();
    }
    return ExitCode.OK;
  }

  private ModelServer server(ServedModels models, ServerSettings settings) {
    ModelServer server = new ModelServer(models, settings);
    return noPlayground ? server : server.withPage(new Playground(models));
  }

  /**
   * Ends the server when a signal ends the process, with exit code 0: that is the way to end it.
   * The JVM's own is 128 and the number of the signal.
   */
  private final class Stop {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Duration patience;
    private @Nullable Thread hook;

    private Stop(Duration patience) {
      this.patience = patience;
    }

    private void listen(Report report) {
      lastWords().become(null); // its line is true when all requests have been answered
      hook = new Thread(() -> onShutdown(report), "serve-stop");
      Runtime.getRuntime().addShutdownHook(hook);
    }

    private void onShutdown(Report report) {
      boolean ours = lastWords().claim(); // before the command ends and does
      asked.countDown();
      boolean all;
      try {
        all = ended.await(patience.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        all = false;
      }
      if (ours) {
        report.stopped(all ? "stopped" : "stopped, some requests were not answered");
      }
      Runtime.getRuntime().halt(ExitCode.OK);
    }

    /** Until a signal, or an interrupt of the thread. */
    private void await() {
      try {
        asked.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void ended() {
      ended.countDown();
      if (hook != null) {
        try {
          Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
          // the process is ending, and the hook runs
        }
      }
    }
  }

  private @Nullable GrpcServer grpc(ServedModels models, ServerSettings settings) {
    return grpcPort == null ? null : new GrpcServer(models, settings.at(host, grpcPort)).start();
  }

  private ServerSettings settings() {
    if (grpcPort != null && grpcPort == port && port != 0) {
      throw wrong("--grpc-port", "another port than --port", grpcPort);
    }
    ServerSettings settings =
        ServerSettings.DEFAULT
            .at(host, port)
            .withMaxRequestBytes(maxRequestBytes)
            .withTimeout(Duration.ofMillis(millis("--timeout", timeout, 1000)));
    return concurrent == 0 ? settings : settings.withConcurrent(concurrent);
  }

  private MicroBatcher.@Nullable Settings batching() {
    if (maxBatch == 0) {
      return null;
    }
    if (maxBatch < 0) {
      throw wrong("--max-batch", "1 or more rows, or 0 for no batches", maxBatch);
    }
    MicroBatcher.Settings usual = MicroBatcher.Settings.DEFAULT;
    return new MicroBatcher.Settings(
        maxBatch,
        Duration.ofNanos(millis("--max-wait", maxWait, 1_000_000)),
        Math.max(usual.maxQueued(), 100 * maxBatch),
        usual.threads());
  }

  private VersionPolicy policy() {
    if (versions.equals("latest")) {
      return VersionPolicy.NEWEST;
    } else if (versions.equals("all")) {
      return VersionPolicy.ALL;
    } else if (versions.matches("[0-9]{1,18}(,[0-9]{1,18})*")) {
      return new VersionPolicy.Specific(
          Arrays.stream(versions.split(",")).map(Long::valueOf).toList());
    }
    throw wrong("--versions", "latest, all, or numbers like 3,5", versions);
  }

  private static long millis(String option, double value, double factor) {
    if (!(value >= 0 && value * factor <= 1e15)) {
      throw wrong(option, "a time that is not negative", value);
    }
    return Math.round(value * factor);
  }

  private static void setLabel(ServedModels models, String label) {
    Matcher parts = LABEL.matcher(label);
    if (!parts.matches()) {
      throw wrong("--label", "NAME=VERSION or MODEL/NAME=VERSION", label);
    }
    String model = parts.group(1);
    if (model == null) {
      if (models.names().size() > 1) {
        throw wrong("--label", "MODEL/NAME=VERSION, for there are several models", label);
      }
      model = models.names().iterator().next();
    }
    try {
      models.setLabel(model, parts.group(2), Long.parseLong(parts.group(3)));
    } catch (NoSuchModelException e) {
      throw UserError.in("--label " + label)
          .what("the version is not served")
          .received(e.getMessage())
          .next("name one that is, or serve it too with --versions all")
          .build();
    }
  }

  private static UserError wrong(String option, String expected, Object received) {
    return UserError.in(option)
        .what("cannot be used")
        .expected(expected)
        .received(received)
        .build();
  }

  private void announce(
      Report report, ModelServer server, @Nullable GrpcServer grpc, ServedModels models) {
    JsonObject json = new JsonObject();
    json.addProperty("url", server.url());
    json.addProperty("port", server.port());
    if (grpc != null) {
      json.addProperty("grpc", grpc.target());
      json.addProperty("grpcPort", grpc.port());
    }
    JsonArray served = new JsonArray();
    report.say("serving at %s, Ctrl-C ends it", server.url());
    for (String name : models.names()) {
      List<Long> numbers =
          models.status(name).stream()
              .filter(status -> status.state() == VersionStatus.State.AVAILABLE)
              .map(VersionStatus::version)
              .toList();
      report.say(
          "  %s, version %s: %s/v1/models/%s:predict",
          name,
          String.join(", ", numbers.stream().map(String::valueOf).toList()),
          server.url(),
          URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20"));
      JsonObject one = new JsonObject();
      one.addProperty("name", name);
      JsonArray available = new JsonArray();
      numbers.forEach(available::add);
      one.add("versions", available);
      served.add(one);
    }
    if (grpc != null) {
      report.say("gRPC at %s", grpc.target());
      report.put("grpc", grpc.target());
    }
    json.add("models", served);
    if (common.json) {
      report.row(json); // now, for a program that waits until it may call
    }
    report.put("url", server.url()).put("models", served);
  }
}
