#include "progress.h"

#include <stdio.h>
#include <unistd.h>

#define WIDTH 40

/* The terminal has one bar: what it shows. -1: no terminal, or no bar. */
static int shown = -1;

void
progress_begin(const struct cli *cli)
{
    shown = isatty(STDERR_FILENO) && !cli->globals.json ? 101 : -1;
}

void
progress_show(unsigned percent)
{
    static const char bar[] = "########################################";
    int width = (int)(percent > 100 ? 100 : percent) * WIDTH / 100;

    if (shown < 0 || shown == (int)percent)
        return;
    shown = (int)percent;
    fprintf(stderr, "\r[%.*s%*s] %3u%%", width, bar, WIDTH - width, "", percent);
}

void
progress_end(void)
{
    if (shown >= 0 && shown <= 100)
        fputc('\n', stderr);
    shown = -1;
}
