#pragma once

#include "command.h"

/* What every command understands besides its own arguments. */
struct globals {
    const char *profile, *lang, *passphrase_file;
    bool json, help, version;
};

/* What is wrong with a command line. */
struct args_fault {
    enum text text;
    const char *word; /* what it is about */
};

/*
 * Takes the global options out of the words, wherever they stand before "--";
 * `count` becomes what is left. False and a fault for one without its value. The
 * value of any option is the next word, or stands in its own: "--lang=zh".
 */
bool args_take_globals(int *count, char **words, struct globals *globals,
                       struct args_fault *fault) MUST_USE;

/* Reads a command's own arguments; false and a fault. The words must outlive `given`. */
bool args_read(const struct command *command, int count, char *const *words, struct given *given,
               struct args_fault *fault) MUST_USE;
