"""Canonical protobuf, docs/formats.md section 1: bytes to messages, refused unless canonical, and back.

A message is a dict by field name. What is absent has its default: b"", "", 0, False, [] and, for a message, None. Of a
oneof the dict also says, under the oneof's name, which member is there, or None.
"""
from proto_schema import SCHEMA

VARINT, DELIMITED = 0, 2
VARINT_MAX_BYTES = 10
FIELD_NUMBER_MAX = 2**29 - 1
RANGES = {"int32": (-2**31, 2**31), "int64": (-2**63, 2**63), "uint32": (0, 2**32), "uint64": (0, 2**64),
          "bool": (0, 2)}
DEFAULTS = {"string": "", "bytes": b"", "bool": False}
FIRST_SECOND = -2_208_988_800  # 1900-01-01
END_SECOND = 7_258_118_400  # 2200-01-01
NANOS_PER_MICROSECOND = 1000
NANOS_END = 1_000_000_000


class NotCanonical(Exception):
    """Says what is wrong."""


def require(condition, text):
    if not condition:
        raise NotCanonical(text)


def is_message(kind):
    return kind in SCHEMA.messages


def default(field):
    if field.repeated:
        return []
    return None if is_message(field.kind) else DEFAULTS.get(field.kind, 0)


def empty(name):
    """A message without any field."""
    message = {}
    for field in SCHEMA.messages[name].values():
        message[field.name] = default(field)
        if field.oneof:
            message[field.oneof] = None
    return message


class Cursor:
    """Reads on in a piece of bytes."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def done(self):
        return self.at == len(self.data)

    def take(self, count):
        require(count <= len(self.data) - self.at, "it ends within a field")
        self.at += count
        return self.data[self.at - count:self.at]

    def varint(self):
        value = 0
        for position in range(VARINT_MAX_BYTES):
            byte, = self.take(1)
            value |= (byte & 0x7f) << 7 * position
            if byte < 0x80:
                require(byte > 0 or position == 0, "a varint is longer than it need be")
                require(value < 2**64, "a varint has more than 64 bits")
                return value
        raise NotCanonical("a varint has more than ten bytes")


def number_of(kind, raw):
    """A varint's value in the range of its kind."""
    value = raw - 2**64 if raw >= 2**63 and not kind.startswith("uint") else raw
    if kind in SCHEMA.enums:
        require(value in SCHEMA.enums[kind], f"{kind} has no value {value}")
        return value
    low, end = RANGES[kind]
    require(low <= value < end, f"{value} is out of the range of {kind}")
    return bool(value) if kind == "bool" else value


def text_of(data):
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotCanonical("a string is not UTF-8") from error
    require("\0" not in text, "a string has U+0000")
    return text


def value_of(kind, cursor):
    if kind not in ("string", "bytes") and not is_message(kind):
        return number_of(kind, cursor.varint())
    data = cursor.take(cursor.varint())
    if kind == "string":
        return text_of(data)
    return data if kind == "bytes" else decode(kind, data)


def is_packed(field):
    return field.repeated and field.kind not in ("string", "bytes") and not is_message(field.kind)


def decode_packed(field, cursor):
    inside = Cursor(cursor.take(cursor.varint()))
    require(not inside.done(), f"{field.name} is packed and empty")
    values = []
    while not inside.done():
        values.append(number_of(field.kind, inside.varint()))
    return values


def wire_type(field):
    delimited = is_packed(field) or field.kind in ("string", "bytes") or is_message(field.kind)
    return DELIMITED if delimited else VARINT


def take_field(name, message, field, cursor):
    if is_packed(field):
        message[field.name] = decode_packed(field, cursor)
        return
    value = value_of(field.kind, cursor)
    if field.repeated:
        message[field.name].append(value)
        return
    if field.oneof:
        require(message[field.oneof] is None, f"{name} has two of {field.oneof}")
        message[field.oneof] = field.name
    else:
        require(is_message(field.kind) or value != default(field), f"{field.name} is there with its default")
    message[field.name] = value


def decode(name, data):
    """The message in `data`. Raises NotCanonical."""
    message = empty(name)
    cursor = Cursor(data)
    last = 0
    while not cursor.done():
        tag = cursor.varint()
        number = tag >> 3
        require(0 < number <= FIELD_NUMBER_MAX, f"{number} is no field number")
        field = SCHEMA.messages[name].get(number)
        require(field is not None, f"{name} has no field {number}")
        require(tag & 7 == wire_type(field), f"{field.name} has another wire type")
        again = number == last and field.repeated and not is_packed(field)
        require(number > last or again, f"{field.name} stands twice, or after a later field")
        take_field(name, message, field, cursor)
        last = number
    if name == "Timestamp":
        check_timestamp(message)
    return message


def check_timestamp(timestamp):
    nanos = timestamp["nanos"]
    require(0 <= nanos < NANOS_END and nanos % NANOS_PER_MICROSECOND == 0, "a time is not in whole microseconds")
    require(FIRST_SECOND <= timestamp["seconds"] < END_SECOND, "a time is before 1900 or after 2199")


def encode_varint(value):
    value &= 2**64 - 1
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7f | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def delimit(number, data):
    return encode_varint(number << 3 | DELIMITED) + encode_varint(len(data)) + data


def encode_value(field, value):
    if field.kind == "string":
        return delimit(field.number, value.encode())
    if field.kind == "bytes":
        return delimit(field.number, value)
    if is_message(field.kind):
        return delimit(field.number, encode(field.kind, value))
    return encode_varint(field.number << 3 | VARINT) + encode_varint(int(value))


def encode(name, message):
    """The canonical bytes of a message; fields that the dict lacks are absent."""
    out = b""
    for field in SCHEMA.messages[name].values():
        value = message.get(field.name, default(field))
        chosen = field.oneof is not None and message.get(field.oneof, field.name) == field.name
        if value == default(field) and not (chosen and field.name in message and value is not None):
            continue
        if is_packed(field):
            out += delimit(field.number, b"".join(encode_varint(int(one)) for one in value))
        else:
            out += b"".join(encode_value(field, one) for one in (value if field.repeated else [value]))
    return out
