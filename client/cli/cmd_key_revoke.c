/* key revoke: a key signs no more. */
#include "view.h"

static const struct argument arguments[] = {
    {"INSTITUTION", ARGUMENT_OPERAND, true, "institution_id", {"机构标识", "whose it is"}},
    {"KEY",
     ARGUMENT_OPERAND,
     true,
     "key_id",
     {"密钥标识，64 位十六进制", "key id, 64 hexadecimal digits"}},
    {0}};

const struct command cmd_key_revoke = {
    .name = "key revoke",
    .summary = {"撤销签名密钥", "revoke a signing key"},
    .arguments = arguments,
    .body = "key_revoked",
    .run = run_control,
};
