#!/usr/bin/env python3
"""Makes the method table from a descriptor set, for protobuf-c's own descriptors know neither options nor streaming.

usage: methods.py creditbank.binpb methods.inc method_ids.h

methods.inc has a line a method, sorted by full name, and method_ids.h its enum in the same order:

  METHOD(ledger_submit, "creditbank.v1.LedgerService/Submit",
         creditbank__v1__submit_request__descriptor, creditbank__v1__submit_response__descriptor, 0, 0, 0)
  METHOD_LEDGER_SUBMIT

The last three say: has no side effects, client streams, server streams.
"""
import pathlib
import sys

# proto/google, beside this script, is not the package of that name.
sys.path = [path for path in sys.path if pathlib.Path(path) != pathlib.Path(__file__).parent]

from google.protobuf import descriptor_pb2


def snake(camel):
    """protobuf-c's rule for a name in C: an underscore before a capital that does not follow one."""
    out = ""
    for i, c in enumerate(camel):
        if c.isupper() and i > 0 and not camel[i - 1].isupper():
            out += "_"
        out += c.lower()
    return out


def descriptor(full_name):
    """The C symbol of a message's descriptor; `full_name` begins with a dot."""
    return "__".join(snake(part) for part in full_name[1:].split(".")) + "__descriptor"


def methods_of(files):
    for file in files:
        for service in file.service:
            for method in service.method:
                yield f"{file.package}.{service.name}/{method.name}", service, method


def symbol(service, method):
    return snake(service.name.removesuffix("Service")) + "_" + snake(method.name)


def line(full_name, service, method):
    pure = method.options.idempotency_level == descriptor_pb2.MethodOptions.NO_SIDE_EFFECTS
    cells = [symbol(service, method), f'"{full_name}"', descriptor(method.input_type), descriptor(method.output_type)]
    cells += [str(int(flag)) for flag in (pure, method.client_streaming, method.server_streaming)]
    return f"METHOD({', '.join(cells)})\n"


def main(set_path, table_path, ids_path):
    with open(set_path, "rb") as file:
        files = descriptor_pb2.FileDescriptorSet.FromString(file.read()).file
    methods = sorted(methods_of(files), key=lambda row: row[0])
    symbols = [symbol(service, method) for _, service, method in methods]
    if len(set(symbols)) != len(symbols):
        sys.exit("two methods share a symbol: " + ", ".join(sorted({s for s in symbols if symbols.count(s) > 1})))
    with open(table_path, "w", encoding="utf-8") as out:
        out.writelines(line(*row) for row in methods)
    with open(ids_path, "w", encoding="utf-8") as out:
        out.write("#pragma once\n\n/* Made from the contract, in the order of methods.inc. */\nenum method_id {\n")
        out.writelines(f"    METHOD_{name.upper()},\n" for name in symbols)
        out.write("    METHOD_COUNT,\n};\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
