#pragma once

#include "base/slice.h"

#include <protobuf-c/protobuf-c.h>

/* Whether messages of the type have a JSON form of their own: a string in RFC 3339. */
bool json_is_timestamp(const ProtobufCMessageDescriptor *type);

/*
 * The next character of a field's name in lowerCamelCase, '\0' at its end;
 * moves `name` on. "account_no" gives "accountNo".
 */
char json_name_next(const char **name);
