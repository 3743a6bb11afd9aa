#pragma once

#include "base/attributes.h"

#include <stdbool.h>

/*
 * One line an event on standard error: the event first, then key=value pairs,
 * as "entry appended account=%s sequence=%" PRIu64. Values with blanks are
 * the caller's to quote. Never a payload, a key, a token or an SQL parameter.
 *
 *   error: a person must act   warn: degraded   info: life of the process   debug: off
 */
enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

enum log_format { LOG_TEXT, LOG_JSON };

/* The least important level that is written, and how; LOG_INFO and LOG_TEXT before. */
void log_set(enum log_level level, enum log_format format);

/* The name of this process in every line from now on: "worker-1"; copied, at most 31 bytes. */
void log_set_process(const char *name);

void log_write(enum log_level level, const char *fmt, ...) PRINTF(2, 3);

#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__)
#define log_warn(...) log_write(LOG_WARN, __VA_ARGS__)
#define log_info(...) log_write(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_write(LOG_DEBUG, __VA_ARGS__)
