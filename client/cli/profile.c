#include "profile.h"

#include "base/memory.h"
#include "lib/error.h"
#include "lib/file.h"

#include <errno.h>
#include <ini.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const key_names[PROFILE_KEY_COUNT] = {
    [PROFILE_SERVER] = "server",           [PROFILE_CA] = "ca",
    [PROFILE_ORIGIN] = "origin",           [PROFILE_BANK_KEY] = "bank_key",
    [PROFILE_INSTITUTION] = "institution", [PROFILE_KEY] = "key",
    [PROFILE_SESSION] = "session",         [PROFILE_ACCOUNT] = "account",
};

const char *
profile_key_name(enum profile_key key)
{
    return key_names[key];
}

bool
profile_name_is_valid(const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    size_t len = strlen(name);

    return len > 0 && len <= PROFILE_NAME_MAX && strspn(name, allowed) == len;
}

char *
profile_home(void)
{
    const char *home = getenv("CREDITBANK_HOME");
    const struct passwd *user;

    if (home != NULL && home[0] != '\0')
        return file_path("%s", home);
    home = getenv("XDG_CONFIG_HOME");
    if (home != NULL && home[0] == '/')
        return file_path("%s/creditbank", home);
    home = getenv("HOME");
    user = home == NULL ? getpwuid(getuid()) : NULL;
    if (home == NULL)
        home = user != NULL ? user->pw_dir : ".";
    return file_path("%s/.config/creditbank", home);
}

char *
profile_path(const char *name, const char *within)
{
    SCOPED(file_path_free) char *home = profile_home();

    return file_path("%s/%s/%s", home, name, within);
}

static char *
conf_path(const char *name)
{
    SCOPED(file_path_free) char *home = profile_home();

    return file_path("%s/%s.conf", home, name);
}

void
profile_set(struct profile *profile, enum profile_key key, const char *value)
{
    char *copy = value != NULL && value[0] != '\0' ? xstrdup(value) : NULL;

    xfree(profile->values[key]);
    profile->values[key] = copy;
}

void
profile_fini(struct profile *profile)
{
    for (size_t i = 0; i < PROFILE_KEY_COUNT; i++)
        xfree(profile->values[i]);
    xfree(profile->name);
    *profile = (struct profile){0};
}

/* inih hands over each line; 0 refuses it. */
static int
got_line(void *context, const char *section, const char *name, const char *value)
{
    struct profile *profile = context;

    if (section[0] != '\0')
        return 0;
    for (size_t i = 0; i < PROFILE_KEY_COUNT; i++)
        if (strcmp(key_names[i], name) == 0) {
            profile_set(profile, (enum profile_key)i, value);
            return 1;
        }
    return 0;
}

bool
profile_load(const char *name, bool must_exist, struct profile *profile,
             struct creditbank_error *error)
{
    SCOPED(file_path_free) char *path = conf_path(name);
    int line;

    *profile = (struct profile){.name = xstrdup(name)};
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return !must_exist || error_set(error, REASON_PROFILE_UNKNOWN, "%s", name);
    line = ini_parse(path, got_line, profile);
    if (line < 0)
        return error_set_why(error, REASON_FILE_UNREADABLE, path, strerror(errno));
    if (line > 0)
        return error_set(error, REASON_PROFILE_INVALID, "%s:%d", path, line);
    return true;
}

bool
profile_save(const struct profile *profile, struct creditbank_error *error)
{
    SCOPED(file_path_free) char *home = profile_home();
    SCOPED(file_path_free) char *path = conf_path(profile->name);
    SCOPED(buffer_fini) struct buffer text;

    buffer_init(&text, PROFILE_FILE_MAX);
    for (size_t i = 0; i < PROFILE_KEY_COUNT; i++) {
        const char *value = profile->values[i];

        if (value == NULL)
            continue;
        /* A line break in a value would begin another setting. */
        if (strpbrk(value, "\r\n") != NULL ||
            !buffer_printf(&text, "%s = %s\n", key_names[i], value))
            return error_set(error, REASON_PROFILE_INVALID, "%s", key_names[i]);
    }
    return file_make_folder(home, error) && file_write_synced(path, buffer_slice(&text), error);
}
