#pragma once

#include "base/buffer.h"
#include "base/log.h"
#include "net/limits.h"
#include "rpc/limits.h"

#include <stdio.h>

/*
 * What an operator can set. One file of "[section]" and "key = value" lines; one
 * table in config.c has every key with its default, rule and meaning, and
 * docs/operating.md shows it. Texts live as long as the configuration; one that
 * is not set is "", never NULL. File names that do not begin with "/" are below
 * the state directory.
 */
struct config {
    struct arena *arena; /* of the texts */

    struct {
        const char *log_origin;
        const char *operator_id;
        const char *state_directory;
    } bank;
    struct {
        uint64_t level;  /* enum log_level */
        uint64_t format; /* enum log_format */
    } log;
    struct {
        const char *address;
        uint64_t port;                 /* 0: the kernel chooses */
        const char *cleartext_address; /* "": no such port */
        uint64_t cleartext_port;
    } listen;
    struct {
        const char *certificate;
        const char *key;
    } tls;
    struct {
        const char *conninfo;       /* the role that serves; holds secrets */
        const char *owner_conninfo; /* the role that owns the schema: init, migrate, audit */
        const char *migrations;     /* a folder */
        uint64_t pool_connections;
        uint64_t pool_queue;
        uint64_t pool_wait_ms;
    } database;
    struct {
        uint64_t count; /* at least 1; a file's 0 has become the number of cores */
        uint64_t drain_timeout_ms;
    } workers;
    struct {
        uint64_t queue_transactions;
        uint64_t batch_transactions;
        uint64_t batch_items;
        uint64_t batch_bytes;
    } ledger;
    struct {
        const char *log_key;
        const char *service_key;
        const char *passphrase_file;
        const char *anchor;
    } notary;
    struct {
        const char *epoch_keys;
    } identity;
    struct {
        uint64_t processes;
    } calculator;
    struct net_limits net;
    struct rpc_limits rpc;
};

/* Most worker processes of a daemon. */
#define WORKERS_MAX 256

/* Most bytes of complaints that config_load() makes. */
#define CONFIG_FAULTS_MAX 16384

/*
 * Reads the file. NULL, and every fault as a line "FILE:LINE: …", when the file
 * cannot be read, has an unknown key, the same key twice, a value that breaks its
 * rule or contradicts another one, or lacks a key that has no default.
 */
struct config *config_load(const char *file, struct buffer *faults) MUST_USE;
void config_free(struct config *config);

/*
 * Takes from `fresh` what may change while the bank runs. Sets *ignored to how
 * many other keys differ: they take a restart.
 */
void config_reload(struct config *config, const struct config *fresh, size_t *ignored);

/* Every key with its value, as a file that config_load() reads; what may hold a password is not
 * shown. */
void config_print(const struct config *config, FILE *out);

/* The table of docs/operating.md: key, default, whether it can be reloaded, what it is. */
void config_print_table(FILE *out);
