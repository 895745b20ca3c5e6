# SPDX-License-Identifier: Apache-2.0
"""The request files of an exported model, and whether an answer is the expected one."""

import json
import math
import pathlib


FLOATS = ("DT_FLOAT", "DT_DOUBLE")


class CannotCheck(Exception):
    """Why nothing can be said about the answers."""


class Refused(Exception):
    """What is wrong with an answer, or the error that came instead of one."""


class ExportedModel:
    """A version folder: what it says of itself, its requests and the answers to them."""

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        extra = folder / "assets.extra"
        if not extra.is_dir():
            raise CannotCheck(
                f"{folder} is not an exported model: it has no folder assets.extra. Name the version"
                " folder, the one that holds saved_model.pb, like export/models/NAME/1"
            )
        manifest = read_json(extra / "manifest.json")
        try:
            self.name = manifest["model"]
            self.signatures = manifest["signatures"]
            self.absolute = float(manifest["tolerance"]["absolute"])
            self.relative = float(manifest["tolerance"]["relative"])
        except (KeyError, TypeError, ValueError) as error:
            raise CannotCheck(f"{extra / 'manifest.json'} is not that of a model: {error!r}") from None
        number = folder.resolve().name
        self.version = int(number) if number.isdigit() else None
        self.requests = {key: self._request(extra / "requests", key) for key in self.signatures}

    def _request(self, folder, key):
        """(body to send, inputs by column, expected outputs by column)"""
        path = folder / f"{key}.json"
        request = read_json(path)
        answer = read_json(folder / f"{key}.expected.json")
        tensors = self.signatures[key]
        try:
            if "instances" in request:
                inputs = by_column(True, request["instances"], tensors["inputs"])
                outputs = by_column(True, answer["predictions"], tensors["outputs"])
            else:
                inputs = by_column(False, request["inputs"], tensors["inputs"])
                outputs = by_column(False, answer["outputs"], tensors["outputs"])
        except (KeyError, TypeError, Refused) as error:
            raise CannotCheck(f"{path} and its answer do not fit the manifest: {error}") from None
        return path.read_bytes(), inputs, outputs

    def difference(self, key, answer):
        """The largest difference of an answer by column; raises Refused where one is too large."""
        _, _, expected = self.requests[key]
        largest = 0.0
        for alias, told in expected.items():
            shape = shape_of(told)
            if shape_of(answer[alias]) != shape:
                raise Refused(f"{alias} has shape {shape_of(answer[alias])}, expected {shape}")
            exact = self.signatures[key]["outputs"][alias]["dtype"] not in FLOATS
            for index, (value, reference) in enumerate(zip(flat(answer[alias]), flat(told))):
                allowed = 0 if exact else self.absolute + self.relative * abs(reference)
                apart = gap(value, reference)
                if not apart <= allowed:
                    raise Refused(
                        f"{alias}{place(index, shape)} is {value}, expected {reference}"
                        + ("" if exact else f", at most {allowed:.2g} apart")
                    )
                largest = max(largest, apart)
        return largest


def by_column(by_row, values, tensors):
    """alias -> nested lists. In both forms of JSON a lone tensor is bare."""
    try:
        if len(tensors) == 1:
            return {alias: values for alias in tensors}
        if by_row:
            return {alias: [row[alias] for row in values] for alias in tensors}
        return {alias: values[alias] for alias in tensors}
    except (KeyError, TypeError):
        raise Refused(f"not all of {sorted(tensors)} are there") from None


def read_json(path):
    try:
        return json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise CannotCheck(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise CannotCheck(f"{path} is not JSON: {error}") from None


def shape_of(values):
    if not isinstance(values, list):
        return []
    shapes = [shape_of(one) for one in values]
    if any(shape != shapes[0] for shape in shapes):
        raise Refused("lists of different length stand side by side")
    return [len(values)] + (shapes[0] if shapes else [])


def flat(values):
    if isinstance(values, list):
        return [scalar for one in values for scalar in flat(one)]
    return [values]


def nested_lists(shape, values):
    """A tensor's flat values as JSON has them."""
    for size in reversed(shape[1:]):
        values = [values[at : at + size] for at in range(0, len(values), size)] if size else []
    return values


def gap(value, reference):
    """How far apart two values are; infinitely where one of them is no number."""
    if isinstance(value, bool) != isinstance(reference, bool):  # Python takes True for 1
        return math.inf
    if value == reference:
        return 0.0
    numbers = isinstance(value, (int, float)) and isinstance(reference, (int, float))
    return abs(value - reference) if numbers else math.inf


def place(index, shape):
    """[row, column, ...] of a flat index."""
    indices = []
    for size in reversed(shape):
        index, one = divmod(index, size)
        indices.insert(0, str(one))
    return f"[{', '.join(indices)}]"
