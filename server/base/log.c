#include "base/log.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 2048

static const char *const level_names[] = {"error", "warn", "info", "debug"};

static enum log_level least = LOG_INFO;
static enum log_format format = LOG_TEXT;
static char process_name[32] = "creditbankd";

void
log_set(enum log_level level, enum log_format new_format)
{
    least = level;
    format = new_format;
}

void
log_set_process(const char *name)
{
    snprintf(process_name, sizeof(process_name), "%s", name);
    prctl(PR_SET_NAME, process_name); /* and so ps and top call it too */
}

/* Control characters would let a logged value forge a line. */
static size_t
escape(const char *from, char *to, size_t size)
{
    size_t len = 0;

    for (; *from != '\0' && len + 7 < size; from++) {
        unsigned char c = (unsigned char)*from;

        if (c < 0x20 || c == 0x7f)
            len += (size_t)snprintf(to + len, size - len, "\\u%04x", c);
        else if (format == LOG_JSON && (c == '"' || c == '\\'))
            len += (size_t)snprintf(to + len, size - len, "\\%c", c);
        else
            to[len++] = (char)c;
    }
    to[len] = '\0';
    return len;
}

void
log_write(enum log_level level, const char *fmt, ...)
{
    char message[LINE_MAX_BYTES / 2];
    char escaped[LINE_MAX_BYTES];
    char line[LINE_MAX_BYTES + 128];
    char stamp[32];
    struct tm utc;
    va_list args;

    if (level > least)
        return;
    va_start(args, fmt);
    vsnprintf(message, sizeof(message), fmt, args);
    va_end(args);
    escape(message, escaped, sizeof(escaped));

    int64_t now_us = clock_now_us();
    time_t seconds = (time_t)(now_us / 1000000);

    gmtime_r(&seconds, &utc);
    strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &utc);

    const char *pattern = format == LOG_JSON
                              ? "{\"time\":\"%s.%03dZ\",\"level\":\"%s\",\"process\":\"%s\","
                                "\"pid\":%d,\"event\":\"%s\"}\n"
                              : "%s.%03dZ %-5s %s[%d] %s\n";
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    int len = snprintf(line, sizeof(line), pattern, stamp, (int)(now_us / 1000 % 1000),
                       level_names[level], process_name, (int)getpid(), escaped);
#pragma GCC diagnostic pop

    /* One write, so that lines of several processes do not mix; nobody to tell if it fails. */
    if (len > 0 && write(STDERR_FILENO, line, (size_t)len) < 0)
        return;
}
