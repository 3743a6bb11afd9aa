#pragma once

#include <stddef.h>
#include <stdint.h>

/* The name is libFuzzer's: one target a file. Aborts where a property fails; returns 0. */
/* NOLINTNEXTLINE(readability-identifier-naming) */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
