/*
 * Writes key logs that the Wireshark plugin for Guild Wars 2 reads. docs/keylog.md has the format, and says where a client
 * has its secrets.
 *
 * Link with libgw2_keylog (cargo build --release -p gw2-keylog). All functions but gw2_keylog_close may be called from any
 * thread at any time. None of them throws, aborts or calls back.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef GW2_KEYLOG_H
#define GW2_KEYLOG_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A key log that lines are appended to. */
typedef struct gw2_keylog gw2_keylog;

/* Results. */
enum {
    GW2_KEYLOG_OK = 0,
    GW2_KEYLOG_BAD_ARGUMENT = 1, /* a null pointer, a path that is not UTF-8, or a kind that there is not */
    GW2_KEYLOG_BAD_LENGTH = 2,   /* an id or a secret of a length that it cannot have */
    GW2_KEYLOG_NOT_NAMED = 3,    /* no path, and the environment names none */
    GW2_KEYLOG_IO = 4,           /* the file cannot be opened or written to */
    GW2_KEYLOG_INTERNAL = 5      /* an error inside the library */
};

/* Kinds of secrets. */
enum {
    GW2_KEYLOG_RC4_KEY = 1,      /* the RC4 key: 20 bytes */
    GW2_KEYLOG_SEED = 2,         /* what the client hands to its key schedule: 20 bytes */
    GW2_KEYLOG_SHARED_SECRET = 3 /* the Diffie-Hellman shared secret, or its first bytes: 20 to 64 bytes */
};

/*
 * Opens a key log for appending; it is made when there is none, for nobody but its owner to read. With a null path it is
 * the one that the environment variable GW2_KEYLOGFILE names. *log is null unless the result is GW2_KEYLOG_OK.
 */
int gw2_keylog_open(const char *path, gw2_keylog **log);

/*
 * Appends the line that gives a connection's secret, by one write. The id's length says what it is: 20 bytes of the server
 * seed frame as on the wire (prefer this), the 64 bytes of the client's public value as on the wire, or 0: not known.
 */
int gw2_keylog_write(gw2_keylog *log, int kind, const uint8_t *id, size_t id_len, const uint8_t *secret,
                     size_t secret_len);

/* Closes a key log that nobody uses any more. Null is allowed. */
void gw2_keylog_close(gw2_keylog *log);

/* What a result means, in English. Not to be freed. */
const char *gw2_keylog_strerror(int result);

#ifdef __cplusplus
}
#endif

#endif
