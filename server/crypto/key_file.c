#include "crypto/key_file.h"

#include "base/scope.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void
close_fd(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static const char *
read_all(int fd, struct buffer *bytes)
{
    for (;;) {
        uint8_t chunk[4096];
        ssize_t got = read(fd, chunk, sizeof(chunk));

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return "the file cannot be read";
        if (got == 0)
            return NULL;
        if (!buffer_append(bytes, slice_make(chunk, (size_t)got)))
            return "the file is too long";
    }
}

const char *
key_file_read(const char *path, struct buffer *bytes)
{
    SCOPED(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;

    if (fd < 0)
        return errno == ENOENT ? "the file does not exist" : "the file cannot be opened";
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
        return "the file is not a regular file";
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return "the file is open to others than its owner (chmod 600)";
    return read_all(fd, bytes);
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
    return true;
}

const char *
key_file_write(const char *path, struct slice bytes)
{
    SCOPED(close_fd) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0)
        return errno == EEXIST ? "the file exists already" : "the file cannot be made";
    if (write_all(fd, bytes) && fsync(fd) == 0)
        return NULL;
    /* Half a key is worse than none, for it blocks the next attempt. */
    unlink(path);
    return "the file cannot be written";
}
