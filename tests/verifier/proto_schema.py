"""The messages of the contract, read from proto/creditbank/v1/*.proto as they stand there."""
import dataclasses
import pathlib
import re

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "proto" / "creditbank" / "v1"
TOKEN = re.compile(r'"[^"]*"|[A-Za-z_][\w.]*|\d+|[{}()\[\]=;,<>]')
SCALARS = {"int32", "int64", "uint32", "uint64", "bool", "string", "bytes"}


@dataclasses.dataclass(frozen=True)
class Field:
    """A field; `kind` is a scalar's name, or that of an enum or a message."""

    name: str
    number: int
    kind: str
    repeated: bool
    oneof: str | None

    @property
    def json_name(self):
        return re.sub(r"_(\w)", lambda match: match[1].upper(), self.name)


@dataclasses.dataclass(frozen=True)
class Schema:
    """messages: name -> its fields by number, ascending. enums: name -> names by number."""

    messages: dict
    enums: dict


class Reader:
    """A cursor over the tokens of a file, and what it has read."""

    def __init__(self, text):
        self.tokens = TOKEN.findall(re.sub(r"//[^\n]*", "", text))
        self.at = 0
        self.messages = {}
        self.enums = {}

    def next(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def expect(self, wanted):
        found = self.next()
        if found != wanted:
            raise ValueError(f"{wanted} expected, {found} found")

    def skip_statement(self):
        """Passes over all up to a semicolon, or over a block in braces."""
        depth = 0
        while (token := self.next()) != ";" or depth > 0:
            depth += (token == "{") - (token == "}")
            if token == "}" and depth == 0:
                return

    def read_file(self):
        while self.at < len(self.tokens):
            word = self.next()
            if word == "message":
                self.read_message()
            elif word == "enum":
                self.read_enum()
            else:
                self.skip_statement()

    def read_enum(self):
        values = self.enums[self.next()] = {}
        self.expect("{")
        while (name := self.next()) != "}":
            self.expect("=")
            values[int(self.next())] = name
            self.expect(";")

    def read_message(self):
        fields = []
        name = self.next()
        self.expect("{")
        self.read_fields(fields, None)
        self.messages[name] = {field.number: field for field in sorted(fields, key=lambda field: field.number)}

    def read_fields(self, fields, oneof):
        while (word := self.next()) != "}":
            if word == "oneof":
                inner = self.next()
                self.expect("{")
                self.read_fields(fields, inner)
                continue
            repeated = word == "repeated"
            kind = self.next() if repeated else word
            name = self.next()
            self.expect("=")
            fields.append(Field(name, int(self.next()), kind.rpartition(".")[2], repeated, oneof))
            self.expect(";")


def read(folder=FOLDER):
    """The contract of a folder, and google.protobuf.Timestamp."""
    timestamp = {1: Field("seconds", 1, "int64", False, None), 2: Field("nanos", 2, "int32", False, None)}
    schema = Schema({"Timestamp": timestamp}, {})
    for path in sorted(folder.glob("*.proto")):
        reader = Reader(path.read_text(encoding="utf-8"))
        reader.read_file()
        schema.messages.update(reader.messages)
        schema.enums.update(reader.enums)
    for fields in schema.messages.values():
        for field in fields.values():
            known = field.kind in SCALARS or field.kind in schema.enums or field.kind in schema.messages
            assert known, f"the kind {field.kind} of {field.name} is not known"
    return schema


SCHEMA = read()
