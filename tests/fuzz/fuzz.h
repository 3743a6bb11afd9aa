#pragma once

#include <stddef.h>
#include <stdint.h>

/* The name that libFuzzer calls: one target a file. Aborts where a property fails; returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
