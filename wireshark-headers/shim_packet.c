/*
 * Calls from Rust into epan that are not about the tree: each catches what epan throws. See shim.h.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "guarded.h"

#include <string.h>
#include <epan/prefs-int.h>
#include <epan/proto_data.h>

/* Declared by hand: packet-tls-utils.h would need libgcrypt's headers. */
extern uint32_t ssl_starttls_ack(dissector_handle_t tls, packet_info *pinfo, dissector_handle_t inner);

/* -- tvb ----------------------------------------------------------------------------------------------------------- */

tvbuff_t *wsffi_tvb_subset(wsffi_thrown *thrown, tvbuff_t *tvb, int offset, int len)
{
    tvbuff_t *volatile subset = NULL;
    GUARDED(subset = tvb_new_subset_length(tvb, offset, len))
    return subset;
}

void *wsffi_pool_copy(packet_info *pinfo, const void *bytes, size_t len)
{
    void *copy = wmem_alloc(pinfo->pool, len + 1); /* never NULL: a tvb wants an address even for no bytes */
    memcpy(copy, bytes, len);
    return copy;
}

tvbuff_t *wsffi_tvb_copy(wsffi_thrown *thrown, packet_info *pinfo, tvbuff_t *parent, const uint8_t *bytes, uint32_t len,
                         const uint8_t **copied)
{
    tvbuff_t *volatile tvb = NULL;
    const uint8_t *copy = (const uint8_t *)wsffi_pool_copy(pinfo, bytes, len);
    *copied = copy;
    GUARDED(tvb = tvb_new_child_real_data(parent, copy, len, (int)len))
    return tvb;
}

void wsffi_add_data_source(wsffi_thrown *thrown, packet_info *pinfo, tvbuff_t *tvb, const char *name, int len)
{
    const char *copy = wmem_strndup(pinfo->pool, name, (size_t)len);
    GUARDED(add_new_data_source(pinfo, tvb, copy))
}

/* -- packet --------------------------------------------------------------------------------------------------------- */

int wsffi_in_error_packet(const packet_info *pinfo)
{
    return pinfo->flags.in_error_pkt;
}

int wsffi_visited(const packet_info *pinfo)
{
    return pinfo->fd->visited;
}

/* The key of the count of calls among what a protocol keeps for a packet. */
#define WSFFI_CALLS 0x67773263u

/* kept in the packet's own scope: each time that the packet is dissected the count begins anew */
unsigned wsffi_count_call(packet_info *pinfo, int proto)
{
    unsigned before = GPOINTER_TO_UINT(p_get_proto_data(pinfo->pool, pinfo, proto, WSFFI_CALLS));

    p_set_proto_data(pinfo->pool, pinfo, proto, WSFFI_CALLS, GUINT_TO_POINTER(before + 1));
    return before;
}

static int tcp_id(void)
{
    static int tcp = -1;
    if (tcp < 0)
        tcp = proto_get_id_by_filter_name("tcp");
    return tcp;
}

int wsffi_data_is_from_tcp(const packet_info *pinfo)
{
    wmem_list_frame_t *layer;
    void *own;

    if (pinfo->ptype != PT_TCP || pinfo->layers == NULL)
        return 0;
    layer = wmem_list_tail(pinfo->layers);
    if (layer == NULL)
        return 0;
    own = wmem_list_frame_data(layer);
    /* a heuristic that calls its dissector has two layers of the same protocol */
    while (layer != NULL && wmem_list_frame_data(layer) == own)
        layer = wmem_list_frame_prev(layer);
    return layer != NULL && GPOINTER_TO_INT(wmem_list_frame_data(layer)) == tcp_id();
}

struct tcp_analysis *wsffi_tcp_analysis(wsffi_thrown *thrown, packet_info *pinfo)
{
    struct tcp_analysis *volatile tcp = NULL;
    if (pinfo->ptype != PT_TCP)
        return NULL;
    TRY {
        conversation_t *conversation = find_conversation_pinfo(pinfo, 0);
        if (conversation != NULL)
            tcp = get_tcp_conversation_data(conversation, pinfo);
    }
    CATCH_ALL {
        wsffi_note(thrown, exc);
    }
    ENDTRY;
    return tcp;
}

const struct tcp_analysis *wsffi_tcp_of(const conversation_t *conversation)
{
    return (const struct tcp_analysis *)conversation_get_proto_data(conversation, tcp_id());
}

static int tcp_preference(module_t *tcp, const char *name)
{
    pref_t *pref = prefs_find_preference(tcp, name);
    return pref != NULL && prefs_get_bool_value(pref, pref_current);
}

int wsffi_tcp_relative_seq(void)
{
    module_t *tcp = prefs_find_module("tcp");
    return tcp != NULL && tcp_preference(tcp, "relative_sequence_numbers") &&
           tcp_preference(tcp, "analyze_sequence_numbers");
}

void wsffi_column_set(packet_info *pinfo, int column, const char *text, int len)
{
    col_clear(pinfo->cinfo, column);
    col_add_fstr(pinfo->cinfo, column, TEXT);
}

void wsffi_column_append(packet_info *pinfo, int column, const char *text, int len)
{
    col_append_fstr(pinfo->cinfo, column, TEXT);
}

/* -- conversations -------------------------------------------------------------------------------------------------- */

conversation_t *wsffi_conversation_find(wsffi_thrown *thrown, packet_info *pinfo, int create)
{
    conversation_t *volatile found = NULL;
    GUARDED(found = create ? find_or_create_conversation(pinfo) : find_conversation_pinfo(pinfo, 0))
    return found;
}

conversation_t *wsffi_conversation_find_by(wsffi_thrown *thrown, uint32_t frame, const address *a, const address *b,
                                           uint32_t port_a, uint32_t port_b, unsigned options)
{
    conversation_t *volatile found = NULL;
    GUARDED(found = find_conversation(frame, a, b, CONVERSATION_TCP, port_a, port_b, options))
    return found;
}

conversation_t *wsffi_conversation_new(wsffi_thrown *thrown, uint32_t frame, const address *a, const address *b,
                                       uint32_t port_a, uint32_t port_b, unsigned options)
{
    conversation_t *volatile made = NULL;
    GUARDED(made = conversation_new(frame, a, b, CONVERSATION_TCP, port_a, port_b, options))
    return made;
}

/* -- dissectors ------------------------------------------------------------------------------------------------------ */

int wsffi_call_dissector(wsffi_thrown *thrown, dissector_handle_t handle, tvbuff_t *tvb, packet_info *pinfo,
                         proto_tree *tree)
{
    volatile int consumed = 0;
    GUARDED(consumed = call_dissector(handle, tvb, pinfo, tree))
    return consumed;
}

int wsffi_call_data(wsffi_thrown *thrown, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    volatile int consumed = 0;
    GUARDED(consumed = call_data_dissector(tvb, pinfo, tree))
    return consumed;
}

uint32_t wsffi_starttls_ack(wsffi_thrown *thrown, dissector_handle_t tls, packet_info *pinfo, dissector_handle_t inner)
{
    volatile uint32_t before = 0;
    GUARDED(before = ssl_starttls_ack(tls, pinfo, inner))
    return before;
}

/* -- messages -------------------------------------------------------------------------------------------------------- */

void wsffi_report(int failure, const char *text, int len)
{
    if (failure)
        report_failure(TEXT);
    else
        report_warning(TEXT);
}

void wsffi_log(const char *domain, int level, const char *text, int len)
{
    ws_log(domain, (enum ws_log_level)level, TEXT);
}

void wsffi_force_exception(wsffi_thrown *thrown, tvbuff_t *tvb, int which)
{
    switch (which) {
    case WSFFI_FORCE_BOUNDS:
        GUARDED((void)tvb_get_ntohl(tvb, (int)tvb_reported_length(tvb) + 1))
        break;
    case WSFFI_FORCE_DISSECTOR_BUG:
        GUARDED(DISSECTOR_ASSERT_HINT(tvb == NULL, "forced on purpose"))
        break;
    default:
        GUARDED(THROW_FORMATTED(DissectorError, "forced with the text %d", 42))
        break;
    }
}
