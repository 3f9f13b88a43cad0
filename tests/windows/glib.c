/*
 * The stage's GLib.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#define EXPORT __declspec(dllexport)

EXPORT void *g_malloc0(size_t len)
{
    return calloc(1, len > 0 ? len : 1);
}

EXPORT void *g_malloc(size_t len)
{
    return g_malloc0(len);
}

EXPORT void g_free(void *memory)
{
    free(memory);
}

EXPORT char *g_strdup(const char *text)
{
    return text != NULL ? strdup(text) : NULL;
}
