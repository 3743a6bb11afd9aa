/*
 * Runs a fuzz target over the files of its corpus, a test each, and says so in
 * TAP. It takes libFuzzer's place where that is not built in.
 *
 * usage: TARGET FOLDER
 */
#include "fuzz.h"

#include "base/memory.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#define PATH_SIZE 4096
#define INPUT_MAX ((size_t)4 << 20)

/* Exactly as large as the input, so that the sanitizer sees a read beyond it. */
static void
run(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *room = xmalloc(INPUT_MAX);

    if (file == NULL) {
        perror(path);
        exit(EXIT_FAILURE);
    }

    size_t size = fread(room, 1, INPUT_MAX, file);
    uint8_t *input = xrealloc(room, size > 0 ? size : 1);

    fclose(file);
    LLVMFuzzerTestOneInput(input, size);
    xfree(input);
}

static int
is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

int
main(int argc, char **argv)
{
    struct dirent **entries;
    int count = argc == 2 ? scandir(argv[1], &entries, is_visible, alphasort) : -1;

    if (count <= 0) {
        fprintf(stderr, "usage: %s FOLDER, one with a file in it\n", argv[0]);
        return EXIT_FAILURE;
    }
    printf("1..%d\n", count);
    for (int i = 0; i < count; i++) {
        char path[PATH_SIZE];

        snprintf(path, sizeof(path), "%s/%s", argv[1], entries[i]->d_name);
        run(path);
        printf("ok %d - %s\n", i + 1, entries[i]->d_name);
        fflush(stdout);
        free(entries[i]);
    }
    free(entries);
    return EXIT_SUCCESS;
}
