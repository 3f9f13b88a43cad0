/*
 * What a key exporter does with a secret that it found, in C:
 *   exporter KEYLOG SERVER_SEED RC4_KEY
 * with the last two as 40 hex digits.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <gw2_keylog.h>

#include <stdio.h>
#include <string.h>

/* Called when the client has derived the key of a connection. */
static int on_key(gw2_keylog *log, const uint8_t server_seed[20], const uint8_t rc4_key[20])
{
    int result = gw2_keylog_write(log, GW2_KEYLOG_RC4_KEY, server_seed, 20, rc4_key, 20);

    if (result != GW2_KEYLOG_OK)
        fprintf(stderr, "key log: %s\n", gw2_keylog_strerror(result));
    return result;
}

static int read_hex(const char *text, uint8_t bytes[20])
{
    unsigned value;
    size_t i;

    if (strlen(text) != 40)
        return 0;
    for (i = 0; i < 20; i++) {
        if (sscanf(text + 2 * i, "%2x", &value) != 1)
            return 0;
        bytes[i] = (uint8_t)value;
    }
    return 1;
}

int main(int argc, char **argv)
{
    uint8_t server_seed[20], rc4_key[20];
    gw2_keylog *log;
    int result;

    if (argc != 4 || !read_hex(argv[2], server_seed) || !read_hex(argv[3], rc4_key)) {
        fprintf(stderr, "usage: %s KEYLOG SERVER_SEED RC4_KEY (40 hex digits each)\n", argv[0]);
        return 2;
    }
    result = gw2_keylog_open(argv[1], &log);
    if (result != GW2_KEYLOG_OK) {
        fprintf(stderr, "%s: %s\n", argv[1], gw2_keylog_strerror(result));
        return 1;
    }
    result = on_key(log, server_seed, rc4_key);
    gw2_keylog_close(log);
    return result == GW2_KEYLOG_OK ? 0 : 1;
}
