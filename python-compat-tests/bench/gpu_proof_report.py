# SPDX-License-Identifier: Apache-2.0
"""What gpu_proof.py shows: the placement in brief, a line a part, and the Markdown table."""

import re

# on the host whatever a step computes: feeds, fetches and what only orders others
PLUMBING = ("_Arg", "_Retval", "NoOp", "_HostSend", "_HostRecv", "_Send", "_Recv")
MODELS = {"hyperlstm": "HyperLSTM", "wrn": "WRN", "mnist": "MNIST"}
# contestant to (part, path in its figures); {m} is the model
CONTESTANTS = {
    "Java": "{m}", "Java, XLA step": "xla-{m}", "Java, XLA cell": "xla-cell",
    "Java, bfloat16": "bf16-{m}", "Java, bfloat16, XLA step": "bf16-xla-{m}",
    "Java, CPU": "cpu-{m}", "PyTorch": "torch",
    "PyTorch, compiled": "torch-compile", "JAX": "jax"}
FLOAT32 = ("Java", "Java, XLA step", "Java, XLA cell")


def number(value, digits=4):
    """1235, 41.27, 0.0215, 7.5e-08: so many digits, no exponent where it can be read without."""
    if isinstance(value, int) or value != value:
        return f"{value}"
    if value and abs(value) < 1e-3:
        return f"{value:.1e}"
    if abs(value) < 1:
        return f"{value:.{digits - 1}g}"
    whole = len(str(int(abs(value))))
    text = f"{value:.{max(digits - whole, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def placement(devices):
    """Of `bench --placement --json`: the lists' ops by device, what ran on the host, GPU's times."""
    lists, host, found = {}, {}, {}
    for device in devices:
        name = device["device"]
        if re.fullmatch(r"(CPU|GPU):\d+", name):
            for kind in device["kinds"]:
                if kind["type"].startswith("TensorList"):
                    lists.setdefault(name, {})[kind["type"]] = kind["ops"]
            if name.startswith("CPU"):
                host.update({kind["type"]: host.get(kind["type"], 0) + kind["ops"]
                             for kind in device["kinds"]})
            found[name] = {"ops": device["ops"], "millis": device["millis"]}
        elif name.endswith(("/stream:all", "/memcpy")):  # what the GPU itself did
            found[name] = {"ops": device["ops"], "millis": device["millis"]}
    gpu = any(name.startswith("GPU") for name in found)
    fell = {kind: ops for kind, ops in host.items() if gpu and kind not in PLUMBING}
    return {"devices": found, "lists": lists, "onHost": host, "fellBackToHost": fell}


def placed(figures):
    """The placement in words."""
    words = []
    for device, kinds in figures["lists"].items():
        words.append(f"{sum(kinds.values())} list ops on {device}")
    kernels = [found for name, found in figures["devices"].items() if name.endswith("/stream:all")]
    if kernels:
        words.append(f"{kernels[0]['ops']} kernels in {number(kernels[0]['millis'])} ms")
    if any(name.startswith("GPU") for name in figures["devices"]):
        fell = ", ".join(f"{kind} {ops}" for kind, ops in sorted(figures["fellBackToHost"].items()))
        words.append(f"fell back to the host: {fell or 'none'}")
    return words


def step(figures):
    millis = figures["medianStepMillis"]
    return f"{number(millis)} ms a step ({number(1e3 / millis)}/s)"


def doctor(figures):
    words = [figures.get("gpu", figures.get("processor", "")).split(" (compute")[0]]
    for name in ("Matmul", "Tanh", "Conv", "ConvGradient"):
        own = name[0].lower() + name[1:]
        cpu, gpu = figures.get(f"{own}Millis"), figures.get(f"gpu{name}Millis")
        if gpu:
            words.append(f"{own} {number(gpu, 3)} ms (CPU {number(cpu, 3)})")
        elif cpu:
            words.append(f"{own} {number(cpu, 3)} ms")
        difference = figures.get(f"gpu{name}Difference")
        if difference is not None:
            words[-1] += f", differs by {number(difference)}"
    return words


def key_figures(figures):
    """What of a part's figures is worth a line; a list of words."""
    words = []
    if "java" in figures and "tensorflow" in figures:
        words += doctor(figures)
    if "largestRelativeDifference" in figures:
        bound = f"tolerance {figures['tolerance']:g}" if "tolerance" in figures else "no tolerance"
        words.append(f"largest difference {number(figures['largestRelativeDifference'])} "
                     f"in {figures['steps']} steps ({figures['precision']}, {bound})")
    if "refused" in figures:
        words.append("refused without libdevice" if figures["refused"] else figures["note"])
    if "medianStepMillis" in figures:
        words.append(step(figures))
        words.append(f"first {number(figures['firstSeconds'], 3)} s")
    if "devices" in figures and "lists" in figures:
        words += placed(figures)
    if "warned" in figures:
        words.append("warned, op by op" if figures["warned"] else "no warning that XLA is missing")
    if figures.get("toolkit"):
        words.append(f"toolkit {figures['toolkit']}")
    for way in ("off", "step"):
        if f"faster-{way}" in figures:
            words.append(f"xla={way}: 1 a call {step(figures[f'1-{way}'])}, 10 a call "
                         f"{step(figures[f'10-{way}'])}: {number(figures[f'faster-{way}'], 3)} times")
    for name, value in figures.items():
        if not isinstance(value, dict):
            continue
        for who, row in value.items():
            if isinstance(row, dict) and "medianStepMillis" in row and "batch" in row:
                words.append(f"{name} {who} {step(row)}")
    curve = figures.get("curve")
    if curve:
        last = curve[-1]
        words.append(f"xla={figures.get('way', '?')}, step {last['step']} after "
                     f"{last['seconds']:.0f} s, {number(last['bpc'])} bits per character")
        if "validationBpc" in last:
            words.append(f"validation {number(last['validationBpc'])}")
        if "testBpc" in figures:
            words.append(f"test {number(figures['testBpc'])}")
    return words


def line(name, record):
    """One line for the terminal."""
    reason = record.get("reason")
    words = ([reason] if reason else []) + key_figures(record.get("figures", {}))
    head = f"{name:<21} {record['status']:<11} {record['seconds']:>6.1f} s"
    return f"{head}  {', '.join(words)}".rstrip()


def cell(text):
    return str(text).replace("|", "\\|").replace("\n", " ")


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(cell(value) for value in row) + " |" for row in rows]


def peer(parts, model, who):
    """The row of a PyTorch or JAX step, whatever part timed it."""
    for record in parts.values():
        for name, row in record.get("figures", {}).items():
            if name in (model, f"{model}-small") and isinstance(row, dict) and who in row:
                return row[who]
    return {}


def steps_per_second(parts):
    """Model to contestant to steps a second."""
    found = {}
    for model in MODELS:
        for who, where in CONTESTANTS.items():
            if who == "Java, XLA cell" and model != "hyperlstm":
                continue
            if where in ("torch", "torch-compile", "jax"):
                figures = peer(parts, model, where)
            else:
                figures = parts.get(where.format(m=model), {}).get("figures", {})
            if figures.get("medianStepMillis"):
                found.setdefault(model, {})[who] = 1e3 / figures["medianStepMillis"]
    return found


def speed_rows(parts):
    rows = []
    for model, speeds in steps_per_second(parts).items():
        fastest = max((speeds[who] for who in FLOAT32 if who in speeds), default=None)
        for who, speed in speeds.items():
            other = not who.startswith("Java")
            ratio = f"{fastest / speed:.2f}" if other and fastest else ""
            rows.append([MODELS[model], who, number(1e3 / speed), number(speed), ratio])
    return rows


def machine(figures):
    """Exact versions, as far as they are known."""
    shown = {
        "GPU": figures.get("gpu"), "driver": figures.get("gpuDriver"),
        "the driver's CUDA": figures.get("driverCuda"), "toolkit": figures.get("cudaToolkit"),
        "processor": figures.get("processor"), "system": figures.get("system"),
        "Hypernet4J": figures.get("hypernet4j"), "Java": figures.get("java"),
        "TensorFlow": figures.get("tensorflow"), "Python": figures.get("python"),
        "PyTorch": figures.get("torch"), "PyTorch's CUDA": figures.get("torchCuda"),
        "JAX": figures.get("jax")}
    return [[name, value] for name, value in shown.items() if value]


def markdown(results):
    """The whole report, its end with a newline."""
    parts = results["parts"]
    lines = [f"# Training on {'a GPU' if results['device'] == 'gpu' else 'the CPU'}: what was seen",
             "", f"{results['written']}, {results['spent']:.0f} of {results['seconds']:.0f} s.", ""]
    rows = machine(parts.get("device", {}).get("figures", {}))
    if rows:
        lines += [*table(["machine", ""], rows), ""]
    lines += table(["part", "result", "s", "GPU MiB", "figures"], [
        [name, record["status"], f"{record['seconds']:.1f}",
         "" if record.get("gpuPeakMib") is None else record["gpuPeakMib"],
         ", ".join(([record["reason"]] if record.get("reason") else [])
                   + key_figures(record.get("figures", {})))]
        for name, record in parts.items()])
    rows = speed_rows(parts)
    if rows:
        lines += ["", "Java's fastest way in float32 beside the others: above 1 Java makes more steps.",
                  "", *table(["net", "by", "ms a step", "steps a second", "Java is faster"], rows)]
    curve = parts.get("ptb", {}).get("figures", {}).get("curve")
    if curve:
        lines += ["", *table(
            ["seconds", "step", "bits per character", "validation", "at step"],
            [[f"{point['seconds']:.1f}", point["step"], number(point["bpc"]),
              number(point["validationBpc"]) if "validationBpc" in point else "",
              point.get("validationStep", "")] for point in curve])]
    return "\n".join(lines) + "\n"
