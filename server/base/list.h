#pragma once

#include "base/attributes.h"

#include <stdbool.h>
#include <stddef.h>

/* A circular doubly linked list, its links embedded in what it holds. */
struct list {
    struct list *prev, *next;
};

static inline void
list_init(struct list *head)
{
    head->prev = head->next = head;
}

static inline bool
list_is_empty(const struct list *head)
{
    return head->next == head;
}

static inline void
list_append(struct list *head, struct list *node)
{
    node->prev = head->prev;
    node->next = head;
    head->prev->next = node;
    head->prev = node;
}

/* Takes `node` out; taking it out twice does nothing. */
static inline void
list_remove(struct list *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    list_init(node);
}

/* The struct around the first or the given link. */
#define LIST_ENTRY(node, type, member) CONTAINER_OF(node, type, member)
#define LIST_FIRST(head, type, member) CONTAINER_OF((head)->next, type, member)

/* Walks the links; the current one may be removed in the body. */
/* NOLINTBEGIN(bugprone-macro-parentheses): `node` is a name, not a value. */
#define list_each(node, head)                                                         \
    for (struct list *node = (head)->next, *node##_next = node->next; node != (head); \
         node = node##_next, node##_next = node->next)
/* NOLINTEND(bugprone-macro-parentheses) */
