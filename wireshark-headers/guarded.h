/*
 * Catching what epan throws; for the shim's own files.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef WSFFI_GUARDED_H
#define WSFFI_GUARDED_H

#include "wrapper.h"

#ifdef _WIN32
/* Restore registers only: with a frame, Windows' longjmp unwinds all frames in between, by tables that two compilers wrote. */
#undef setjmp
#define setjmp(buffer) _setjmp((buffer), NULL)
#endif

static inline void wsffi_note(wsffi_thrown *thrown, const except_t *exc)
{
    thrown->group = exc->except_id.except_group;
    thrown->code = exc->except_id.except_code;
    /* ENDTRY frees the exception's own text */
    thrown->message = g_strdup(exc->except_message);
}

/* Results that the statement sets must be volatile: they are read after a longjmp. */
#define GUARDED(statement)          \
    TRY {                           \
        statement;                  \
    }                               \
    CATCH_ALL {                     \
        wsffi_note(thrown, exc);    \
    }                               \
    ENDTRY

/* Text from Rust has a length and no NUL. */
#define TEXT "%.*s", len, text

#endif
