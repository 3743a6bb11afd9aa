#include "wire/json_name.h"

bool
json_is_timestamp(const ProtobufCMessageDescriptor *type)
{
    return strcmp(type->name, "google.protobuf.Timestamp") == 0;
}

char
json_name_next(const char **name)
{
    bool capital = false;

    while (**name == '_') {
        capital = true;
        ++*name;
    }
    if (**name == '\0')
        return '\0';

    unsigned char c = (unsigned char)*(*name)++;

    /* Not toupper, which asks the locale. */
    if (capital && c >= 'a' && c <= 'z')
        c = (unsigned char)(c - 'a' + 'A');
    return (char)c;
}
