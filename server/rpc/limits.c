#include "rpc/limits.h"

#include "flow/call.h"

#define KIB ((size_t)1024)
#define MIB (1024 * KIB)

/* A school that imports 5,000 results in transactions of 200 makes 25 calls: these are far off. */
const struct rpc_limits rpc_limits_default = {
    .calls_max = 4096,
    .address = {.calls_per_second = 20000, .burst = 20000, .under_way_max = 3072},
    .institution = {.calls_per_second = 20000, .burst = 20000, .under_way_max = 2048},
    .learner = {.calls_per_second = 20, .burst = 100, .under_way_max = 16},
    .callers_max = 2 * RPC_CALLS_MOST + 2,
    .retry_ms = 1000,
    .timeout_ms = 30000,
    .timeout_max_ms = RPC_TIMEOUT_MOST_MS,

    .message_bytes_max = MIB,
    .response_bytes_max = CALL_RESPONSE_MAX,
    .wire = {.depth_max = 16, .fields_max = 65536, .elements_max = 1000, .memory_max = 8 * MIB},

    .call_memory_bytes = 16 * MIB,
    .call_memory_factor = 16,
    .large_calls_max = 4,
    .large_calls_waiting_max = 1000,
    .requests_memory_max = 256 * MIB, /* of 16 requests of 1 MiB */
};
