#pragma once

#include "base/arena.h"
#include "base/slice.h"

/* Values as the trace of an evaluation writes them (docs/formats.md). They live in the arena. */
const char *trace_number(struct arena *arena, int64_t number);

/* TEXT:NUMBER */
const char *trace_pair(struct arena *arena, struct slice text, int64_t number);

/* 2026-03-05; DATE_OPEN as "open". */
const char *trace_date(struct arena *arena, int32_t date);
