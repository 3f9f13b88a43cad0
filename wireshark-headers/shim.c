/*
 * Calls from Rust into epan: each catches what epan throws. See shim.h.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wrapper.h"

#include <string.h>
#include <epan/prefs-int.h>

/* Declared by hand: packet-tls-utils.h would need libgcrypt's headers. */
extern uint32_t ssl_starttls_ack(dissector_handle_t tls, packet_info *pinfo, dissector_handle_t inner);

static void wsffi_note(wsffi_thrown *thrown, const except_t *exc)
{
    thrown->group = exc->except_id.except_group;
    thrown->code = exc->except_id.except_code;
    /* ENDTRY frees the exception's own text */
    thrown->message = g_strdup(exc->except_message);
}

#define GUARDED(statement)          \
    TRY {                           \
        statement;                  \
    }                               \
    CATCH_ALL {                     \
        wsffi_note(thrown, exc);    \
    }                               \
    ENDTRY

#define ITEM(call)                          \
    {                                       \
        proto_item *volatile item = NULL;   \
        GUARDED(item = call)                \
        return item;                        \
    }

#define AT at->tree
#define WHERE at->tvb, at->start, at->length

/* -- tree -------------------------------------------------------------------------------------------------------------- */

proto_item *wsffi_add_none(wsffi_thrown *thrown, const wsffi_place *at, int field)
ITEM(proto_tree_add_item(AT, field, WHERE, ENC_NA))

proto_item *wsffi_add_boolean(wsffi_thrown *thrown, const wsffi_place *at, int field, int value)
ITEM(proto_tree_add_boolean(AT, field, WHERE, value != 0))

proto_item *wsffi_add_uint(wsffi_thrown *thrown, const wsffi_place *at, int field, uint32_t value)
ITEM(proto_tree_add_uint(AT, field, WHERE, value))

proto_item *wsffi_add_uint64(wsffi_thrown *thrown, const wsffi_place *at, int field, uint64_t value)
ITEM(proto_tree_add_uint64(AT, field, WHERE, value))

proto_item *wsffi_add_int(wsffi_thrown *thrown, const wsffi_place *at, int field, int32_t value)
ITEM(proto_tree_add_int(AT, field, WHERE, value))

proto_item *wsffi_add_int64(wsffi_thrown *thrown, const wsffi_place *at, int field, int64_t value)
ITEM(proto_tree_add_int64(AT, field, WHERE, value))

proto_item *wsffi_add_float(wsffi_thrown *thrown, const wsffi_place *at, int field, float value)
ITEM(proto_tree_add_float(AT, field, WHERE, value))

proto_item *wsffi_add_double(wsffi_thrown *thrown, const wsffi_place *at, int field, double value)
ITEM(proto_tree_add_double(AT, field, WHERE, value))

static char *pool_string(proto_tree *tree, const char *text, int len)
{
    return wmem_strndup(PTREE_DATA(tree)->pinfo->pool, text, (size_t)len);
}

proto_item *wsffi_add_string(wsffi_thrown *thrown, const wsffi_place *at, int field, const char *value, int len)
ITEM(proto_tree_add_string(AT, field, WHERE, pool_string(AT, value, len)))

proto_item *wsffi_add_bytes(wsffi_thrown *thrown, const wsffi_place *at, int field, const uint8_t *value, int len)
ITEM(proto_tree_add_bytes_with_length(AT, field, WHERE, value, len))

proto_item *wsffi_add_guid(wsffi_thrown *thrown, const wsffi_place *at, int field, uint32_t data1, uint16_t data2,
                           uint16_t data3, const uint8_t data4[8])
{
    e_guid_t guid;
    guid.data1 = data1;
    guid.data2 = data2;
    guid.data3 = data3;
    memcpy(guid.data4, data4, sizeof guid.data4);
    ITEM(proto_tree_add_guid(AT, field, WHERE, &guid))
}

proto_item *wsffi_add_ipv4(wsffi_thrown *thrown, const wsffi_place *at, int field, const uint8_t value[4])
{
    ws_in4_addr addr; /* network order, as in the packet */
    memcpy(&addr, value, sizeof addr);
    ITEM(proto_tree_add_ipv4(AT, field, WHERE, addr))
}

proto_item *wsffi_add_ipv6(wsffi_thrown *thrown, const wsffi_place *at, int field, const uint8_t value[16])
{
    ws_in6_addr addr;
    memcpy(&addr, value, sizeof addr);
    ITEM(proto_tree_add_ipv6(AT, field, WHERE, &addr))
}

proto_item *wsffi_add_time(wsffi_thrown *thrown, const wsffi_place *at, int field, int64_t secs, int32_t nsecs)
{
    nstime_t time;
    time.secs = (time_t)secs;
    time.nsecs = nsecs;
    ITEM(proto_tree_add_time(AT, field, WHERE, &time))
}

#define TEXT "%.*s", len, text

proto_item *wsffi_add_none_text(wsffi_thrown *thrown, const wsffi_place *at, int field, const char *text, int len)
ITEM(proto_tree_add_none_format(AT, field, WHERE, TEXT))

proto_item *wsffi_add_protocol_text(wsffi_thrown *thrown, const wsffi_place *at, int field, const char *text, int len)
ITEM(proto_tree_add_protocol_format(AT, field, WHERE, TEXT))

proto_item *wsffi_add_boolean_text(wsffi_thrown *thrown, const wsffi_place *at, int field, int value, const char *text,
                                   int len)
ITEM(proto_tree_add_boolean_format_value(AT, field, WHERE, value != 0, TEXT))

proto_item *wsffi_add_uint_text(wsffi_thrown *thrown, const wsffi_place *at, int field, uint32_t value, const char *text,
                                int len)
ITEM(proto_tree_add_uint_format_value(AT, field, WHERE, value, TEXT))

proto_item *wsffi_add_uint64_text(wsffi_thrown *thrown, const wsffi_place *at, int field, uint64_t value,
                                  const char *text, int len)
ITEM(proto_tree_add_uint64_format_value(AT, field, WHERE, value, TEXT))

proto_item *wsffi_add_int_text(wsffi_thrown *thrown, const wsffi_place *at, int field, int32_t value, const char *text,
                               int len)
ITEM(proto_tree_add_int_format_value(AT, field, WHERE, value, TEXT))

proto_item *wsffi_add_int64_text(wsffi_thrown *thrown, const wsffi_place *at, int field, int64_t value, const char *text,
                                 int len)
ITEM(proto_tree_add_int64_format_value(AT, field, WHERE, value, TEXT))

proto_item *wsffi_add_float_text(wsffi_thrown *thrown, const wsffi_place *at, int field, float value, const char *text,
                                 int len)
ITEM(proto_tree_add_float_format_value(AT, field, WHERE, value, TEXT))

proto_item *wsffi_add_double_text(wsffi_thrown *thrown, const wsffi_place *at, int field, double value, const char *text,
                                  int len)
ITEM(proto_tree_add_double_format_value(AT, field, WHERE, value, TEXT))

proto_item *wsffi_add_string_text(wsffi_thrown *thrown, const wsffi_place *at, int field, const char *value,
                                  int value_len, const char *text, int len)
ITEM(proto_tree_add_string_format_value(AT, field, WHERE, pool_string(AT, value, value_len), TEXT))

proto_item *wsffi_add_bytes_text(wsffi_thrown *thrown, const wsffi_place *at, int field, const uint8_t *value,
                                 int value_len, const char *text, int len)
{
    /* proto_tree_add_bytes_format_value reads at->length bytes from the value: lend it that many. */
    uint8_t *copy = (uint8_t *)wmem_alloc0(PTREE_DATA(AT)->pinfo->pool, (size_t)MAX(at->length, value_len) + 1);
    memcpy(copy, value, (size_t)value_len);
    ITEM(proto_tree_add_bytes_format_value(AT, field, WHERE, copy, TEXT))
}

proto_tree *wsffi_add_subtree(wsffi_thrown *thrown, const wsffi_place *at, int ett, const char *text, int len)
ITEM(proto_tree_add_subtree_format(AT, WHERE, ett, NULL, TEXT))

proto_tree *wsffi_item_subtree(wsffi_thrown *thrown, proto_item *item_in, int ett)
ITEM(proto_item_add_subtree(item_in, ett))

void wsffi_item_append_text(wsffi_thrown *thrown, proto_item *item, const char *text, int len)
{
    GUARDED(proto_item_append_text(item, TEXT))
}

void wsffi_item_set_text(wsffi_thrown *thrown, proto_item *item, const char *text, int len)
{
    GUARDED(proto_item_set_text(item, TEXT))
}

void wsffi_item_set_generated(proto_item *item)
{
    proto_item_set_generated(item);
}

void wsffi_item_set_hidden(proto_item *item)
{
    proto_item_set_hidden(item);
}

int wsffi_tree_visible(proto_tree *tree)
{
    return tree != NULL && PTREE_DATA(tree)->visible;
}

int wsffi_field_referenced(proto_tree *tree, int field)
{
    volatile int referenced = 0;
    if (tree == NULL)
        return 0;
    TRY {
        referenced = proto_field_is_referenced(tree, field);
    }
    CATCH_ALL {
        referenced = 0; /* a field that was deregistered */
    }
    ENDTRY;
    return referenced;
}

/* -- expert information ------------------------------------------------------------------------------------------ */

void wsffi_item_expert(wsffi_thrown *thrown, packet_info *pinfo, proto_item *item, expert_field field, const char *text,
                       int len)
{
    if (text != NULL) {
        GUARDED(expert_add_info_format(pinfo, item, &field, TEXT))
    } else {
        GUARDED(expert_add_info(pinfo, item, &field))
    }
}

void wsffi_tree_expert(wsffi_thrown *thrown, packet_info *pinfo, const wsffi_place *at, expert_field field,
                       const char *text, int len)
{
    if (text != NULL) {
        GUARDED(proto_tree_add_expert_format(AT, pinfo, &field, WHERE, TEXT))
    } else {
        GUARDED(proto_tree_add_expert(AT, pinfo, &field, WHERE))
    }
}

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

int wsffi_data_is_from_tcp(const packet_info *pinfo)
{
    static int tcp = -1;
    wmem_list_frame_t *layer;
    void *own;

    if (tcp < 0)
        tcp = proto_get_id_by_filter_name("tcp");
    if (pinfo->ptype != PT_TCP || pinfo->layers == NULL)
        return 0;
    layer = wmem_list_tail(pinfo->layers);
    if (layer == NULL)
        return 0;
    own = wmem_list_frame_data(layer);
    /* a heuristic that calls its dissector has two layers of the same protocol */
    while (layer != NULL && wmem_list_frame_data(layer) == own)
        layer = wmem_list_frame_prev(layer);
    return layer != NULL && GPOINTER_TO_INT(wmem_list_frame_data(layer)) == tcp;
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
