"""proto3 JSON to messages as in canonical.py, read as strictly as docs/formats.md section 9 says."""
import base64
import codecs
import datetime
import json
import re

import canonical
from proto_schema import SCHEMA

INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,19})\Z", re.ASCII)
RFC3339 = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|([+-])(\d\d):(\d\d))\Z", re.ASCII)
EPOCH = datetime.datetime(1970, 1, 1)
NANOS_DIGITS = 9


class NotJson(Exception):
    """The text is not the JSON of such a message; says why."""


def require(condition, text):
    if not condition:
        raise NotJson(text)


def unique_keys(pairs):
    found = dict(pairs)
    require(len(found) == len(pairs), "a key stands twice")
    return found


def refuse_number(text):
    raise NotJson(f"{text} is not a whole number")


def integer(text):
    require(INTEGER.match(text), f"{text} is not a whole number in its shortest form")
    return int(text)


def parse(data):
    """Any JSON value, without duplicate keys, fractions, exponents, NaN and lone surrogates."""
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=unique_keys, parse_float=refuse_number,
                          parse_constant=refuse_number, parse_int=integer)
    except (ValueError, RecursionError) as error:
        raise NotJson(f"it is not JSON: {error}") from error


def check_text(text):
    require(isinstance(text, str), "a string is expected")
    require(not any(0xd800 <= ord(letter) <= 0xdfff for letter in text), "a surrogate stands alone")
    require("\0" not in text, "a string has U+0000")
    return text


def read_bytes(value):
    text = check_text(value)
    digits = text.rstrip("=")
    require(digits == text or len(text) % 4 == 0 and len(text) - len(digits) <= 2, "base64 is wrongly padded")
    require(not set("+/") & set(digits) or not set("-_") & set(digits), "two alphabets of base64 are mixed")
    standard = digits.replace("-", "+").replace("_", "/")
    try:
        data = base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except ValueError as error:
        raise NotJson("a text is not base64") from error
    require(base64.b64encode(data).decode().rstrip("=") == standard, "base64 has bits left over")
    return data


def read_integer(kind, value):
    if isinstance(value, str):
        value = integer(value)
    require(isinstance(value, int) and not isinstance(value, bool), "a whole number is expected")
    low, end = canonical.RANGES[kind]
    require(low <= value < end, f"{value} is out of the range of {kind}")
    return value


def read_enum(kind, value):
    for number, name in SCHEMA.enums[kind].items():
        if value == name or (value == number and not isinstance(value, bool)):
            return number
    raise NotJson(f"{kind} has no value {value}")


def read_timestamp(value):
    match = RFC3339.match(check_text(value))
    require(match, "a time is not as in RFC 3339")
    try:
        moment = datetime.datetime(*(int(part) for part in match.group(1, 2, 3, 4, 5, 6)))
    except ValueError as error:
        raise NotJson("there is no such time") from error
    since = moment - EPOCH
    seconds = since.days * 86400 + since.seconds
    if match[9]:
        hours, minutes = int(match[10]), int(match[11])
        require(hours < 24 and minutes < 60, "there is no such offset")
        seconds -= (1 if match[9] == "+" else -1) * (hours * 3600 + minutes * 60)
    require(canonical.FIRST_SECOND <= seconds < canonical.END_SECOND, "a time is before 1900 or after 2199")
    return {"seconds": seconds, "nanos": int((match[7] or "").ljust(NANOS_DIGITS, "0"))}


def read_value(kind, value):
    if kind == "Timestamp":
        return read_timestamp(value)
    if canonical.is_message(kind):
        return read_message(kind, value)
    if kind in SCHEMA.enums:
        return read_enum(kind, value)
    if kind == "bool":
        require(isinstance(value, bool), "true or false is expected")
        return value
    if kind == "bytes":
        return read_bytes(value)
    return check_text(value) if kind == "string" else read_integer(kind, value)


def read_message(name, value):
    """The message that a JSON value is. Raises NotJson."""
    require(isinstance(value, dict), f"{name} is not an object")
    names = {}
    for field in SCHEMA.messages[name].values():
        names[field.name] = names[field.json_name] = field
    message = canonical.empty(name)
    seen = set()
    for key, inner in value.items():
        field = names.get(key)
        require(field is not None, f"{name} has no field {key!a}")
        require(field.number not in seen, f"{key} stands twice")
        seen.add(field.number)
        if inner is None:
            continue
        if field.repeated:
            require(isinstance(inner, list), f"{key} is not a list")
            message[field.name] = [read_value(field.kind, one) for one in inner]
        else:
            message[field.name] = read_value(field.kind, inner)
    return message


def read_statement(data):
    """The Statement in the bytes of a file, which may begin with a byte order mark."""
    return read_message("Statement", parse(data.removeprefix(codecs.BOM_UTF8)))
