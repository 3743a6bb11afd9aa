#include "net/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 1024

union socket_name {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static socklen_t
parse(const char *address, uint16_t port, union socket_name *name)
{
    memset(name, 0, sizeof(*name));
    if (inet_pton(AF_INET, address, &name->v4.sin_addr) == 1) {
        name->v4.sin_family = AF_INET;
        name->v4.sin_port = htons(port);
        return sizeof(name->v4);
    }
    if (inet_pton(AF_INET6, address, &name->v6.sin6_addr) == 1) {
        name->v6.sin6_family = AF_INET6;
        name->v6.sin6_port = htons(port);
        return sizeof(name->v6);
    }
    return 0;
}

static bool
bind_and_listen(int fd, union socket_name *name, socklen_t len, uint16_t *port)
{
    const int on = 1;

    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0)
        return false;
    /* "::" then means IPv6 alone, as on every machine, whatever its bindv6only says. */
    if (name->any.sa_family == AF_INET6 &&
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0)
        return false;
    if (bind(fd, &name->any, len) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, &name->any, &len) != 0)
        return false;

    *port = ntohs(name->any.sa_family == AF_INET ? name->v4.sin_port : name->v6.sin6_port);
    return true;
}

int
socket_listen(const char *address, uint16_t *port)
{
    union socket_name name;
    socklen_t len = parse(address, *port, &name);

    if (len == 0) {
        errno = EINVAL;
        return -1;
    }

    int fd = socket(name.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    if (bind_and_listen(fd, &name, len, port))
        return fd;

    int why = errno;

    close(fd);
    errno = why;
    return -1;
}
