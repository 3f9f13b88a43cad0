/*
 * Calls from Rust into epan that build the tree: each catches what epan throws. See shim.h.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "guarded.h"

#include <string.h>

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

proto_item *wsffi_add_boolean(wsffi_thrown *thrown, const wsffi_place *at, int field, uint32_t value)
ITEM(proto_tree_add_boolean(AT, field, WHERE, value))

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

proto_item *wsffi_add_none_text(wsffi_thrown *thrown, const wsffi_place *at, int field, const char *text, int len)
ITEM(proto_tree_add_none_format(AT, field, WHERE, TEXT))

proto_item *wsffi_add_protocol_text(wsffi_thrown *thrown, const wsffi_place *at, int field, const char *text, int len)
ITEM(proto_tree_add_protocol_format(AT, field, WHERE, TEXT))

proto_item *wsffi_add_boolean_text(wsffi_thrown *thrown, const wsffi_place *at, int field, uint32_t value,
                                   const char *text, int len)
ITEM(proto_tree_add_boolean_format_value(AT, field, WHERE, value, TEXT))

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
