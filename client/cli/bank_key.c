#include "bank_key.h"

#include "crypto/note.h"
#include "lib/error.h"

#include <unistd.h>

#define BANK_KEY_FILE_MAX 1024

/* The line of the file, or NULL, and said so. */
static const char *
read_line(struct cli *cli, const char *path)
{
    struct slice text;

    if (!cli_read_file(cli, path, BANK_KEY_FILE_MAX, &text))
        return NULL;
    while (text.len > 0 && (text.at[text.len - 1] == '\n' || text.at[text.len - 1] == '\r'))
        text.len--;
    return arena_text(cli->arena, text);
}

static const char *
refuse(const struct cli *cli, const char *given)
{
    struct creditbank_error error;

    (void)error_set(&error, REASON_VERIFY_BANK_KEY_INVALID, "%s", given);
    (void)cli_error(cli, &error);
    return NULL;
}

/* The line itself, or that of the file. */
static const char *
find_line(struct cli *cli, const char *given)
{
    if (strchr(given, '+') != NULL)
        return given;
    /* What is neither a line nor a file was more likely meant to be the line. */
    return access(given, F_OK) == 0 ? read_line(cli, given) : refuse(cli, given);
}

const char *
bank_key_read(struct cli *cli, const char *given)
{
    const char *line = find_line(cli, given);
    struct note_verifier *verifier = line != NULL ? note_verifier_parse(slice_text(line)) : NULL;

    if (line != NULL && verifier == NULL)
        return refuse(cli, given);
    note_verifier_free(verifier);
    return line;
}
