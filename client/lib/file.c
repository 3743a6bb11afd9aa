#include "file.h"

#include "base/memory.h"

#include "error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_TEXT_MAX 4096

char *
file_path(const char *fmt, ...)
{
    char text[PATH_TEXT_MAX];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    return xstrdup(text);
}

void
file_path_free(char **path)
{
    xfree(*path);
}

static void
close_fd(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static bool
unreadable(const char *path, struct creditbank_error *error)
{
    return error_set_why(error, REASON_FILE_UNREADABLE, path, strerror(errno));
}

static bool
unwritable(const char *path, struct creditbank_error *error)
{
    return error_set_why(error, REASON_FILE_UNWRITABLE, path, strerror(errno));
}

/* The folder that a path is in; the path is changed in place. */
static const char *
cut_folder(char *path)
{
    char *slash = strrchr(path, '/');

    if (slash == NULL)
        return ".";
    if (slash == path)
        return "/";
    *slash = '\0';
    return path;
}

bool
file_make_folder(const char *path, struct creditbank_error *error)
{
    SCOPED(file_path_free) char *prefix = xstrdup(path);

    for (char *slash = strchr(prefix + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(prefix, 0700) != 0 && errno != EEXIST)
            return unwritable(prefix, error);
        *slash = '/';
    }
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return unwritable(path, error);
    return true;
}

bool
file_read(const char *path, struct buffer *bytes, struct creditbank_error *error)
{
    SCOPED(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return unreadable(path, error);
    for (;;) {
        uint8_t chunk[16384];
        ssize_t got = read(fd, chunk, sizeof(chunk));

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return unreadable(path, error);
        if (got == 0)
            return true;
        if (!buffer_append(bytes, slice_make(chunk, (size_t)got)))
            return error_set(error, REASON_FILE_TOO_LARGE, "%s: > %zu", path, bytes->max);
    }
}

static bool
write_all(int fd, struct slice bytes)
{
    while (bytes.len > 0) {
        ssize_t put = write(fd, bytes.at, bytes.len);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        bytes = slice_make(bytes.at + put, bytes.len - (size_t)put);
    }
    return fsync(fd) == 0;
}

/* What a folder lists is on disk only when the folder itself is synced. */
static bool
sync_folder_of(const char *path, struct creditbank_error *error)
{
    SCOPED(file_path_free) char *copy = xstrdup(path);
    SCOPED(close_fd) int fd = open(cut_folder(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0 || fsync(fd) != 0)
        return unwritable(path, error);
    return true;
}

bool
file_write_synced(const char *path, struct slice bytes, struct creditbank_error *error)
{
    SCOPED(file_path_free) char *aside = file_path("%s.new", path);
    SCOPED(close_fd) int fd = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    if (fd < 0)
        return unwritable(path, error);
    if (!write_all(fd, bytes) || rename(aside, path) != 0) {
        bool said = unwritable(path, error);

        unlink(aside);
        return said;
    }
    return sync_folder_of(path, error);
}

bool
file_create_synced(const char *path, struct slice bytes, struct creditbank_error *error)
{
    SCOPED(close_fd) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0 && errno == EEXIST)
        return error_set(error, REASON_FILE_EXISTS, "%s", path);
    if (fd < 0)
        return unwritable(path, error);
    if (!write_all(fd, bytes)) {
        bool said = unwritable(path, error);

        unlink(path);
        return said;
    }
    return sync_folder_of(path, error);
}

bool
file_move(const char *from, const char *to, struct creditbank_error *error)
{
    if (rename(from, to) != 0)
        return unwritable(to, error);
    return sync_folder_of(to, error) && sync_folder_of(from, error);
}

bool
file_remove(const char *path, struct creditbank_error *error)
{
    if (unlink(path) != 0 && errno != ENOENT)
        return unwritable(path, error);
    return sync_folder_of(path, error);
}
