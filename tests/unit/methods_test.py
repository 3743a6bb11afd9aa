#!/usr/bin/env python3
"""proto/methods.py: a method table from a made-up descriptor set. usage: methods_test.py methods.py"""
import pathlib
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2


def made_up():
    file = descriptor_pb2.FileDescriptorProto(name="made/up.proto", package="made.up.v1")
    service = file.service.add(name="SlowHTTPService")
    method = service.method.add(name="Watch", input_type=".made.up.v1.WatchRequest",
                                output_type=".made.up.v1.WatchResponse", server_streaming=True)
    method.options.idempotency_level = descriptor_pb2.MethodOptions.NO_SIDE_EFFECTS
    service.method.add(name="PutURLNow", input_type=".made.up.v1.Outer.PutURLNow", output_type=".made.up.v1.Empty",
                       client_streaming=True)
    file.service.add(name="Health").method.add(name="Check", input_type=".made.up.v1.Empty",
                                               output_type=".made.up.v1.Empty")
    return descriptor_pb2.FileDescriptorSet(file=[file])


# In the order of full names; C names as protoc-c 1.4 makes them: no underscore between two capitals.
TABLE = """\
METHOD(health_check, "made.up.v1.Health/Check", \
made__up__v1__empty__descriptor, made__up__v1__empty__descriptor, 0, 0, 0)
METHOD(slow_http_put_urlnow, "made.up.v1.SlowHTTPService/PutURLNow", \
made__up__v1__outer__put_urlnow__descriptor, made__up__v1__empty__descriptor, 0, 1, 0)
METHOD(slow_http_watch, "made.up.v1.SlowHTTPService/Watch", \
made__up__v1__watch_request__descriptor, made__up__v1__watch_response__descriptor, 1, 0, 1)
"""
IDS = ["METHOD_HEALTH_CHECK", "METHOD_SLOW_HTTP_PUT_URLNOW", "METHOD_SLOW_HTTP_WATCH", "METHOD_COUNT"]

with tempfile.TemporaryDirectory() as folder:
    paths = [pathlib.Path(folder, name) for name in ("set.binpb", "methods.inc", "method_ids.h")]
    paths[0].write_bytes(made_up().SerializeToString())
    subprocess.run([sys.executable, sys.argv[1], *paths], check=True)
    assert paths[1].read_text() == TABLE, paths[1].read_text()
    lines = paths[2].read_text().splitlines()
    assert [line.strip(" ,") for line in lines if line.startswith("    ")] == IDS, lines

    twice = made_up()
    twice.file[0].service.add(name="HealthService").method.add(name="Check")
    paths[0].write_bytes(twice.SerializeToString())
    outcome = subprocess.run([sys.executable, sys.argv[1], *paths], capture_output=True, text=True)
    assert outcome.returncode != 0 and "health_check" in outcome.stderr, outcome
