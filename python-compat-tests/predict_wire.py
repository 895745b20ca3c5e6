# SPDX-License-Identifier: Apache-2.0
"""PredictRequest and PredictResponse of TensorFlow Serving in protobuf's wire form.

By hand, so that a client needs no generated code and no TensorFlow: six messages with few fields.
Tensors are (dtype, shape, flat list of values); dtype is a key of DTYPES, as in a model's manifest.
"""

import math
import struct

METHOD = "/tensorflow.serving.PredictionService/Predict"

# name -> number in types.proto, little-endian struct code, field of TensorProto with the values
DTYPES = {
    "DT_FLOAT": (1, "f", 5),
    "DT_DOUBLE": (2, "d", 6),
    "DT_INT32": (3, "i", 7),
    "DT_INT64": (9, "q", 10),
    "DT_BOOL": (10, "?", 11),
}
NAMES = {number: name for name, (number, _, _) in DTYPES.items()}
VARINT, FIXED64, NESTED, FIXED32 = 0, 1, 2, 5


def varint(value):
    value &= (1 << 64) - 1  # negative numbers are written as 64 bits
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def nested(number, data):
    return varint(number << 3 | NESTED) + varint(len(data)) + data


def number(field, value):
    return varint(field << 3 | VARINT) + varint(value)


def read_varint(data, at):
    value = shift = 0
    while True:
        if at >= len(data):
            raise ValueError("a message ends within a number")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at
        if shift > 63:
            raise ValueError("a number has more than 64 bits")


def fields(data):
    """(field, wire type, value) one after the other; unknown ones are the caller's to ignore."""
    at = 0
    while at < len(data):
        key, at = read_varint(data, at)
        kind = key & 7
        if kind == VARINT:
            value, at = read_varint(data, at)
        else:
            if kind == NESTED:
                size, at = read_varint(data, at)
            elif kind in (FIXED32, FIXED64):
                size = 4 if kind == FIXED32 else 8
            else:
                raise ValueError(f"wire type {kind} is not known")
            if at + size > len(data):
                raise ValueError("a message is shorter than it says")
            value, at = data[at : at + size], at + size
        yield key >> 3, kind, value


def tensor_bytes(dtype, shape, values):
    """TensorProto with its values in tensor_content."""
    kind, code, _ = DTYPES[dtype]
    dims = b"".join(nested(2, number(1, size)) for size in shape)
    content = struct.pack(f"<{len(values)}{code}", *values)
    return number(1, kind) + nested(2, dims) + nested(4, content)


def read_tensor(data):
    """TensorProto with its values in tensor_content or, as servers answer, in a typed field."""
    kind, shape, content, typed = 0, [], b"", []
    for field, wire, value in fields(data):
        if field == 1:
            kind = value
        elif field == 2:
            shape = [size_of(dim) for number, _, dim in fields(value) if number == 2]
        elif field == 4:
            content = value
        else:
            typed.append((field, wire, value))
    if kind not in NAMES:
        raise ValueError(f"data type number {kind} is not one of {sorted(NAMES)}")
    dtype = NAMES[kind]
    _, code, own = DTYPES[dtype]
    count = math.prod(shape)
    if content:
        values = list(struct.unpack(f"<{len(content) // struct.calcsize('<' + code)}{code}", content))
    else:
        values = [
            one for field, wire, value in typed if field == own for one in scalars(code, wire, value)
        ]
        if 0 < len(values) < count:  # the last one stands for all that follow
            values += values[-1:] * (count - len(values))
    if len(values) != count:
        raise ValueError(f"{len(values)} values for shape {shape}")
    return dtype, shape, values


def size_of(dim):
    size = next((value for field, _, value in fields(dim) if field == 1), 0)
    return size - (1 << 64) if size >> 63 else size


def scalars(code, wire, value):
    """The values of one occurrence of a repeated field, packed or not."""
    if code in "fd":
        yield from struct.unpack(f"<{len(value) // struct.calcsize('<' + code)}{code}", value)
        return
    if wire == VARINT:
        numbers = [value]
    else:
        numbers, at = [], 0
        while at < len(value):
            one, at = read_varint(value, at)
            numbers.append(one)
    for one in numbers:
        yield bool(one) if code == "?" else one - (1 << 64) if one >> 63 else one


def predict_request(model, version, signature, inputs):
    """`inputs`: alias -> (dtype, shape, values); `version`: a number, or None for the newest."""
    spec = nested(1, model.encode())
    if version is not None:
        spec += nested(2, number(1, version))
    spec += nested(3, signature.encode())
    request = nested(1, spec)
    for alias, tensor in inputs.items():
        request += nested(2, nested(1, alias.encode()) + nested(2, tensor_bytes(*tensor)))
    return request


def predict_response(data):
    """alias -> (dtype, shape, values)"""
    outputs = {}
    for field, _, value in fields(data):
        if field == 1:
            entry = {number: part for number, _, part in fields(value)}
            outputs[entry.get(1, b"").decode()] = read_tensor(entry.get(2, b""))
    return outputs
