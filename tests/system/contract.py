"""The contract's messages for Python, made from proto/ by protoc, and their canonical bytes."""
import importlib
import pathlib
import subprocess
import sys
import tempfile
import types

ROOT = pathlib.Path(__file__).resolve().parents[2]

# What grpc-status-details-bin holds: google/rpc/status.proto is not among Debian's packages.
STATUS_PROTO = """
syntax = "proto3";
package creditbank_test;
import "google/protobuf/any.proto";
message Status { int32 code = 1; string message = 2; repeated google.protobuf.Any details = 3; }
"""


def load():
    """All messages, enums and services of creditbank.v1, as attributes of one namespace."""
    folder = tempfile.TemporaryDirectory(prefix="creditbank-proto.")
    own = pathlib.Path(folder.name)
    (own / "creditbank_test_status.proto").write_text(STATUS_PROTO, encoding="utf-8")
    sources = sorted((ROOT / "proto" / "creditbank" / "v1").glob("*.proto"))
    names = [str(source.relative_to(ROOT / "proto")) for source in sources]
    subprocess.run(["protoc", f"-I{ROOT / 'proto'}", f"-I{own}", f"--python_out={own}", *names,
                    "creditbank_test_status.proto"], check=True, stdin=subprocess.DEVNULL)
    sys.path.insert(0, str(own))
    try:
        modules = [importlib.import_module(name.removesuffix(".proto").replace("/", ".") + "_pb2")
                   for name in names + ["creditbank_test_status.proto"]]
    finally:
        sys.path.remove(str(own))
    return types.SimpleNamespace(folder=folder, services=services(modules), **messages(modules))


def messages(modules):
    """Messages by name; values of enums by theirs, as DUTY_POST."""
    found = {}
    for module in modules:
        file = module.DESCRIPTOR
        found.update((name, getattr(module, name)) for name in file.message_types_by_name)
        for enum in file.enum_types_by_name.values():
            found.update((value.name, value.number) for value in enum.values)
    return found


def services(modules):
    """The full path of every method, by its name; no two services have methods of one name."""
    methods = [method for module in modules for service in module.DESCRIPTOR.services_by_name.values()
               for method in service.methods]
    paths = {method.name: (f"/{method.containing_service.full_name}/{method.name}", method)
             for method in methods}
    assert len(paths) == len(methods)
    return paths


pb = load()


def canonical(message):
    """Deterministic output of messages without maps and unknown fields is canonical (docs/formats.md)."""
    return message.SerializeToString(deterministic=True)


def is_canonical(kind, data):
    """Parsing and serialising again gives the same bytes, and nothing in them is unknown."""
    message = kind()
    message.ParseFromString(data)
    again = canonical(message)
    message.DiscardUnknownFields()
    return data == again == canonical(message)


def date(text):
    year, month, day = map(int, text.split("-"))
    return pb.Date(year=year, month=month, day=day)
