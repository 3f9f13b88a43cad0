/*
 * Tap listeners of Wireshark's own kinds. Their handlers are C: Rust hands over plain records in the packet's memory,
 * and is not called when a listener reads them.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef WSFFI_TAPS_H
#define WSFFI_TAPS_H

#include <stdint.h>
#include <stddef.h>

#include <epan/packet.h>

#include "shim.h"

/* Bytes of one side of a followed stream. */
typedef struct wsffi_followed {
    tvbuff_t *tvb;
    int from_server;
} wsffi_followed;

/* 0 when TCP cannot be followed. tap must stay. */
int wsffi_register_follow(int proto, const char *tap);

#define WSFFI_LEVELS 4

/* What happens to the nodes from names[0] down to names[depth - 1]. */
#define WSFFI_ADD 0u
#define WSFFI_ADD_BELOW_TOP 1u /* not to names[0] */
#define WSFFI_SAMPLE 2u        /* they show count, average, least and greatest of such values */
#define WSFFI_TEXT 3u          /* the last one shows the text instead of its name */

typedef struct wsffi_tick {
    const char *names[WSFFI_LEVELS];
    unsigned depth;
    unsigned kind;
    int value;
    const char *text;
} wsffi_tick;

typedef struct wsffi_ticks {
    size_t count;
    const wsffi_tick *ticks;
} wsffi_ticks;

const char *wsffi_menu_separator(void);
void wsffi_register_stats_tree(const char *tap, const char *abbreviation, const char *menu, int by_text);
/* What a statistics window does with the tree of that name before the first packet. For tests; 0 when there is none. */
int wsffi_reset_stats_tree(const char *abbreviation);

/* An answer, and how long it took. */
typedef struct wsffi_response {
    const char *procedure;
    int64_t secs;
    int32_t nsecs;
} wsffi_response;

void wsffi_register_srt(int proto, const char *tap);

/* A file. */
typedef struct wsffi_object {
    const char *hostname;
    const char *content_type;
    const char *filename;
    const uint8_t *bytes;
    size_t len;
} wsffi_object;

/* Gives the tap. */
int wsffi_register_export_object(int proto);

/* Gives the tap of Export PDUs. name must stay. */
int wsffi_register_export_pdu(const char *name);

/* Hands over a PDU of its own, to be dissected by the dissector of that name, with the packet's addresses and number. */
void wsffi_queue_pdu(wsffi_thrown *thrown, int tap, packet_info *pinfo, tvbuff_t *tvb, const char *dissector);

#endif
