/*
 * The stage's libwsutil: memory that nobody frees, and messages. Written without Wireshark's headers: only pointers go by.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __declspec(dllexport)

EXPORT void *wmem_alloc0(void *scope, size_t len)
{
    (void)scope;
    return calloc(1, len > 0 ? len : 1);
}

EXPORT void *wmem_alloc(void *scope, size_t len)
{
    return wmem_alloc0(scope, len);
}

EXPORT void *wmem_memdup(void *scope, const void *bytes, size_t len)
{
    return memcpy(wmem_alloc(scope, len), bytes, len);
}

EXPORT char *wmem_strndup(void *scope, const char *text, size_t len)
{
    return (char *)memcpy(wmem_alloc0(scope, len + 1), text, len);
}

/* A list is a stage_layer here: see stage.h. */
struct layer {
    const struct layer *before;
    int protocol;
};

EXPORT const struct layer *wmem_list_tail(const struct layer *list)
{
    return list;
}

EXPORT const struct layer *wmem_list_frame_prev(const struct layer *layer)
{
    return layer->before;
}

EXPORT void *wmem_list_frame_data(const struct layer *layer)
{
    return (void *)(intptr_t)layer->protocol;
}

static void say(const char *what, const char *format, va_list values)
{
    printf("%s\t", what);
    vprintf(format, values);
    printf("\n");
}

EXPORT void report_failure(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    say("failure", format, values);
    va_end(values);
}

EXPORT void report_warning(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    say("warning", format, values);
    va_end(values);
}
