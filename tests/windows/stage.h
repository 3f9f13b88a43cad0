/*
 * A stage for the plugin's Windows DLL: as much of Wireshark as it takes to register and to dissect two segments. It runs
 * under wine; what the plugin does is printed, and crates/xtask compares. See docs/platforms.md.
 *
 * Everything is compiled against the same headers as the plugin, for Windows: a structure that the plugin's bindings lay
 * out otherwise than the compiler does shows as a wrong value.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STAGE_H
#define STAGE_H

#include <ws_version.h>
#include <wireshark.h>

#include <epan/packet.h>
#include <epan/conversation.h>
#include <epan/exceptions.h>
#include <epan/expert.h>
#include <epan/proto_data.h>
#include <epan/tap.h>
#include <epan/column-utils.h>
#include <epan/prefs.h>
#include <epan/follow.h>
#include <epan/epan.h>
#include <epan/dissectors/packet-tcp.h>

#define AT_LEAST(minor) \
    (WIRESHARK_VERSION_MAJOR > 4 || (WIRESHARK_VERSION_MAJOR == 4 && WIRESHARK_VERSION_MINOR >= (minor)))

/* As in guarded.h. */
#undef setjmp
#define setjmp(buffer) _setjmp((buffer), NULL)

#define STAGE __declspec(dllexport)

/* What stands behind wmem_list_t here: the layers of a packet, the last one first. */
typedef struct stage_layer {
    const struct stage_layer *before;
    int protocol;
} stage_layer;

/* The stage's own functions; the loader calls them. */
STAGE void stage_register(void);
STAGE void stage_open_file(void);
STAGE void stage_close_file(void);
STAGE dissector_t stage_dissector(const char *name, int *protocol);
STAGE int stage_tcp(void);
STAGE tvbuff_t *stage_segment(const char *bytes, size_t len);
STAGE proto_tree *stage_tree(packet_info *pinfo);
STAGE struct tcp_analysis *stage_tcp_analysis(void);
STAGE void stage_begin_packet(void);
/* From now on adding this field throws what a field beyond the bytes would. */
STAGE void stage_throw_at(const char *field);

#endif
