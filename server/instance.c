#include "instance.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#define PID_TEXT_SIZE 16

static int
open_file(const struct config *config, int flags)
{
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/creditbankd.lock", config->bank.state_directory);
    return open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0644);
}

int
instance_lock(const struct config *config)
{
    int fd = open_file(config, O_RDWR | O_CREAT);

    if (fd < 0) {
        fprintf(stderr, "creditbankd: %s/creditbankd.lock: %s\n", config->bank.state_directory,
                strerror(errno));
        return -1;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        fprintf(stderr, "creditbankd: another daemon runs in %s\n", config->bank.state_directory);
        close(fd);
        return -1;
    }
    if (ftruncate(fd, 0) != 0 || dprintf(fd, "%d\n", (int)getpid()) < 0) {
        fprintf(stderr, "creditbankd: %s/creditbankd.lock: %s\n", config->bank.state_directory,
                strerror(errno));
        close(fd);
        return -1;
    }
    return fd;
}

pid_t
instance_pid(const struct config *config)
{
    char text[PID_TEXT_SIZE] = "";
    int fd = open_file(config, O_RDONLY);
    pid_t pid = 0;

    if (fd < 0)
        return 0;
    /* A lock that can be had is nobody's: the number is then of a daemon that has ended. */
    if (flock(fd, LOCK_SH | LOCK_NB) != 0 && read(fd, text, sizeof(text) - 1) > 0)
        pid = (pid_t)strtol(text, NULL, 10);
    close(fd);
    return pid;
}
